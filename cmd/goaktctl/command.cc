#include "command.h"

namespace goaktctl {

std::vector<Command> all_commands() {
  std::vector<Command> all;
  for (const auto& list : {actor_commands, tree_commands, message_commands, kind_commands,
                           deadletter_commands, node_commands, help_commands}) {
    for (Command& command : list()) all.push_back(std::move(command));
  }
  return all;
}

}  // namespace goaktctl
