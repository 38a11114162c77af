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
  // What completion offers: "a|b|c" words, or "@actor", "@kind", "@file", ... (completion.cc).
  std::string completes = {};

  bool is_argument() const { return !names.starts_with('-'); }
};

// One leaf of the command tree, as data: help, man pages, parsing and completion all read it.
struct Command {
  std::string noun;                // "actor"
  std::string verb;                // "list"; empty: the noun is the command ("version")
  std::vector<std::string> words;  // short words that mean exactly this: "ls"
  std::string summary;
  std::string http;  // the call that it makes; empty: none
  std::vector<std::string> examples;
  std::vector<Flag> flags;
  std::function<int(Session&)> run;
  std::vector<int> exits = {};  // exit codes that matter beyond those of every call
  bool hidden = false;          // for scripts of ours: neither in help nor in completion

  std::string path() const { return verb.empty() ? noun : noun + " " + verb; }
};

// One function per noun, each in the file of that name.
std::vector<Command> actor_commands();
std::vector<Command> api_commands();
std::vector<Command> bench_commands();
std::vector<Command> cluster_commands();
std::vector<Command> completion_commands();
std::vector<Command> config_commands();
std::vector<Command> context_commands();
std::vector<Command> deadletter_commands();
std::vector<Command> debug_commands();
std::vector<Command> event_commands();
std::vector<Command> help_commands();
std::vector<Command> kind_commands();
std::vector<Command> log_commands();
std::vector<Command> message_commands();
std::vector<Command> metric_commands();
std::vector<Command> node_commands();
std::vector<Command> operation_commands();
std::vector<Command> schedule_commands();
std::vector<Command> schema_commands();
std::vector<Command> top_commands();
std::vector<Command> trace_commands();
std::vector<Command> tree_commands();
std::vector<Command> wait_commands();

// All of them, in the order of the documentation.
std::vector<Command> all_commands();

// What a noun is about, for help: "actors on the nodes".
std::string about_noun(const std::string& noun);

}  // namespace goaktctl
