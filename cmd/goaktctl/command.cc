#include "command.h"

namespace goaktctl {

std::vector<Command> all_commands() {
  std::vector<Command> all;
  for (const auto& list :
       {actor_commands,   tree_commands,       top_commands,        message_commands,
        kind_commands,    schedule_commands,   deadletter_commands, event_commands,
        log_commands,     metric_commands,     trace_commands,      node_commands,
        config_commands,  operation_commands,  bench_commands,      wait_commands,
        cluster_commands, context_commands,    api_commands,        schema_commands,
        debug_commands,   completion_commands, help_commands}) {
    for (Command& command : list()) all.push_back(std::move(command));
  }
  return all;
}

std::string about_noun(const std::string& noun) {
  struct Line {
    const char* noun;
    const char* about;
  };

  constexpr Line kLines[] = {
      {"actor", "actors on the nodes"},
      {"cluster", "the cluster as a whole"},
      {"config", "the node's configuration"},
      {"context", "named sets of settings of this tool"},
      {"dc", "data centers"},
      {"deadletter", "messages that nobody handled"},
      {"debug", "what to send along when asking for help"},
      {"event", "what happens on the nodes"},
      {"grain", "virtual actors"},
      {"kind", "kinds of actors that can be spawned"},
      {"log", "the nodes' logs"},
      {"node", "nodes and members"},
      {"op", "long work that goes on at the server"},
      {"placement", "where actors are put"},
      {"schedule", "messages that are sent later"},
      {"topic", "topics of publish and subscribe"},
      {"type", "message types that the node knows"},
  };
  for (const Line& line : kLines)
    if (noun == line.noun) return line.about;
  return "commands about " + noun;
}

}  // namespace goaktctl
