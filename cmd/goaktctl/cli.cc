#include "cli.h"

#include "command.h"
#include "exit_codes.h"
#include "goakt/base/text.h"
#include "session.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <map>

// The only file that knows CLI11: it costs four seconds to compile. Its own error texts and exit
// codes are replaced, see report().

namespace goaktctl {

namespace {

std::string bind_duration(const std::string& text, std::chrono::milliseconds& out) {
  return goakt::parse_duration(text, out)
             ? std::string()
             : "\"" + text + "\" is no duration (250ms, 5s, 2m, 1h30m)";
}

void add_flag(CLI::App& app, const Flag& flag, const std::string& group) {
  CLI::Option* option = nullptr;
  if (auto* const* target = std::get_if<bool*>(&flag.target)) {
    const std::string long_name = flag.names.substr(flag.names.rfind("--") + 2);
    const std::string negative = long_name.starts_with("no-") ? "" : ",!--no-" + long_name;
    option = app.add_flag(flag.names + negative, **target, flag.help);
  } else if (auto* const* text = std::get_if<std::string*>(&flag.target)) {
    option = app.add_option(flag.names, **text, flag.help);
  } else if (auto* const* number = std::get_if<std::int64_t*>(&flag.target)) {
    option = app.add_option(flag.names, **number, flag.help)->type_name("N");
  } else if (auto* const* list = std::get_if<std::vector<std::string>*>(&flag.target)) {
    option = app.add_option(flag.names, **list, flag.help);
    // Without this the flag would swallow the words behind its value.
    if (flag.names.starts_with('-')) option->allow_extra_args(false);
  } else {
    auto* const duration = std::get<std::chrono::milliseconds*>(flag.target);
    option = app.add_option_function<std::string>(
                    flag.names,
                    [duration](const std::string& value) {
                      const std::string error = bind_duration(value, *duration);
                      if (!error.empty()) throw CLI::ValidationError(error);
                    },
                    flag.help)
                 ->type_name("DUR");
  }
  if (flag.required) option->required();
  option->group(group);
}

std::string footer_of(const Command& command) {
  std::string text;
  for (const std::string& example : command.examples)
    text += (text.empty() ? "Examples:\n  " : "\n  ") + example;
  if (!command.http.empty()) text += (text.empty() ? "" : "\n") + ("Calls: " + command.http);
  return text;
}

class CommandLine {
 public:
  CommandLine() : commands_(all_commands()) {
    root_.fallthrough();  // before subcommands are added: global flags are taken anywhere
    root_.set_help_flag("-h,--help", "what this is and how to use it");
    root_.allow_extras();  // unknown words are reported by us, with the nearest known one
    add_globals();
    for (Command& command : commands_) add(command);
    root_.footer("Exit codes: goaktctl help exit-codes");
  }

  int run(int argc, char** argv) {
    try {
      root_.parse(argc, argv);
    } catch (const CLI::CallForHelp&) {
      std::fputs(deepest()->help().c_str(), stdout);
      return Exit::ok;
    } catch (const CLI::ParseError& error) {
      Session session(globals_);
      if (const auto unknown = unknown_word(session)) return *unknown;
      return session.usage(error.what(), "goaktctl " + path_of(deepest()) + "--help");
    }
    Session session(globals_);
    if (const auto unknown = unknown_word(session)) return *unknown;
    const CLI::App* chosen = deepest();
    const auto leaf = leaves_.find(chosen);
    if (leaf == leaves_.end()) {
      if (chosen == &root_) {
        std::fputs(root_.help().c_str(), stdout);
        return Exit::ok;
      }
      return session.usage("what about " + chosen->get_name() + "?",
                           "goaktctl " + path_of(chosen) + "--help");
    }
    if (const auto wrong = session.prepare()) return *wrong;
    const int code = leaf->second->run(session);
    return session.out().flush() ? code : Exit::broken_pipe;
  }

 private:
  void add_globals() {
    const Flag flags[] = {
        {"--endpoint", &globals_.endpoints, "unix:///path or http://host:port; repeatable"},
        {"-o,--output", &globals_.output, "table, wide, json, ndjson, yaml, name"},
        {"--no-headers", &globals_.no_headers, "tables without the line of headers"},
        {"--no-trunc", &globals_.no_trunc, "never cut or leave out columns"},
        {"--columns", &globals_.columns, "A,B,C: headers or dotted paths of the JSON"},
        {"--timeout", &globals_.timeout, "for one request, 10s"},
        {"--retries", &globals_.retries, "of reads, 2"},
        {"--request-id", &globals_.request_id, "to find this call in the node's log"},
        {"-q,--quiet", &globals_.quiet, "no progress, no hints"},
        {"-y,--yes", &globals_.yes, "no questions"},
    };
    for (const Flag& flag : flags) add_flag(root_, flag, "Global");
    root_.add_flag("-v", globals_.verbose, "say on stderr what is called")->group("Global");
  }

  void add(Command& command) {
    CLI::App* noun = &root_;
    if (!command.verb.empty()) {
      CLI::App*& known = nouns_[command.noun];
      if (known == nullptr) {
        known = root_.add_subcommand(command.noun, "commands about " + command.noun + "s");
        known->group("Nouns");
      }
      noun = known;
    }
    CLI::App* leaf =
        noun->add_subcommand(command.verb.empty() ? command.noun : command.verb, command.summary);
    if (command.verb.empty()) leaf->group("Commands");
    fill(leaf, command);
    for (const std::string& word : command.words) {
      if (word == command.noun && command.verb.empty()) continue;
      CLI::App* alias = root_.add_subcommand(word, command.summary);
      alias->group("Short words");
      fill(alias, command);
    }
  }

  void fill(CLI::App* app, Command& command) {
    for (const Flag& flag : command.flags)
      add_flag(*app, flag, flag.names.starts_with('-') ? "Options" : "Arguments");
    app->footer(footer_of(command));
    leaves_[app] = &command;
  }

  const CLI::App* deepest() const {
    const CLI::App* at = &root_;
    while (!at->get_subcommands().empty()) at = at->get_subcommands().back();
    return at;
  }

  static std::string path_of(const CLI::App* app) {
    std::string path;
    for (; app != nullptr && app->get_parent() != nullptr; app = app->get_parent())
      path = app->get_name() + " " + path;
    return path;
  }

  // CLI11 says only that something is missing when a word is wrong.
  std::optional<int> unknown_word(Session& session) const {
    const std::vector<std::string> extras = root_.remaining(true);
    if (extras.empty()) return std::nullopt;
    const CLI::App* at = deepest();
    const std::string& word = extras.front();
    std::vector<std::string> known;
    if (word.starts_with('-')) {
      for (const CLI::App* app : {at, &root_}) {
        for (const CLI::Option* option : app->get_options())
          for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
      }
    } else if (leaves_.find(at) == leaves_.end()) {
      for (const CLI::App* app : at->get_subcommands({})) known.push_back(app->get_name());
    }
    const std::string near = goakt::nearest(word.substr(0, word.find('=')), known);
    const std::string hint =
        near.empty() ? "goaktctl " + path_of(at) + "--help" : "did you mean " + near + "?";
    const char* what = word.starts_with('-')  ? "unknown flag "
                       : leaves_.contains(at) ? "one argument too many: "
                                              : "unknown word ";
    return session.usage(what + word, hint);
  }

  Globals globals_;
  CLI::App root_{"Operates goaktd nodes through their admin API", "goaktctl"};
  std::vector<Command> commands_;
  std::map<std::string, CLI::App*> nouns_;
  std::map<const CLI::App*, const Command*> leaves_;
};

}  // namespace

int run_command_line(int argc, char** argv) {
  CommandLine line;
  return line.run(argc, argv);
}

}  // namespace goaktctl
