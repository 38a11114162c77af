#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <variant>
#include <vector>

namespace goaktctl {

class Session;

// One flag or argument of a command. A name that starts with "-" is a flag ("-o,--output"), others
// are arguments in the order in which they are listed. A bool is a switch; it also gets its --no-
// form.
struct Flag {
  using Target = std::variant<bool*, std::string*, std::int64_t*, std::chrono::milliseconds*,
                              std::vector<std::string>*>;

  std::string names;
  Target target;
  std::string help;
  bool required = false;
};

// One leaf of the command tree, as data: help, parsing and completion all read it.
struct Command {
  std::string noun;                // "actor"
  std::string verb;                // "list"; empty: the noun is the command ("version")
  std::vector<std::string> words;  // short words that mean exactly this: "ls"
  std::string summary;
  std::string http;  // the call that it makes
  std::vector<std::string> examples;
  std::vector<Flag> flags;
  std::function<int(Session&)> run;
};

// One function per noun, each in the file of that name.
std::vector<Command> actor_commands();
std::vector<Command> tree_commands();
std::vector<Command> message_commands();
std::vector<Command> kind_commands();
std::vector<Command> deadletter_commands();
std::vector<Command> node_commands();
std::vector<Command> help_commands();

std::vector<Command> all_commands();

}  // namespace goaktctl
