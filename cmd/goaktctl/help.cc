#include "command.h"
#include "exit_codes.h"
#include "output/table.h"
#include "session.h"

#include <memory>

namespace goaktctl {

namespace {

std::string exit_code_table() {
  Table table({{"CODE", true}, {"NAME"}, {"WHEN"}});
#define GOAKT_X(name, code, word, when) table.add({#code, word, when});
  GOAKTCTL_EXIT_CODES(GOAKT_X)
#undef GOAKT_X
  return table.render(std::nullopt, true);
}

constexpr const char* kEnvironment =
    "GOAKTCTL_ENDPOINTS  comma list of endpoints: unix:///path, http://host:port\n"
    "XDG_RUNTIME_DIR     where the socket of a node of this user is looked for\n";

}  // namespace

std::vector<Command> help_commands() {
  auto topic = std::make_shared<std::string>();
  return {{"help",
           "",
           {},
           "explains a topic: exit-codes, environment",
           "",
           {"goaktctl help exit-codes"},
           {{"TOPIC", topic.get(), "exit-codes, environment"}},
           [topic](Session& session) -> int {
             if (*topic == "exit-codes") {
               session.out().raw(exit_code_table());
             } else if (*topic == "environment") {
               session.out().raw(kEnvironment);
             } else {
               return session.usage(topic->empty() ? "which topic?" : "no topic " + *topic,
                                    "exit-codes, environment; of commands: goaktctl --help");
             }
             return Exit::ok;
           }}};
}

}  // namespace goaktctl
