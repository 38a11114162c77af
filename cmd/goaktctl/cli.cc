#include "cli.h"

#include "command.h"
#include "completion.h"
#include "exit_codes.h"
#include "goakt/base/text.h"
#include "help_text.h"
#include "output/text.h"
#include "session.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <map>
#include <set>

// The only file that knows CLI11: it costs four seconds to compile. Its own error texts and exit
// codes are replaced, see report().

namespace goaktctl {

namespace {

std::string bind_duration(const std::string& text, std::chrono::milliseconds& out) {
  return goakt::parse_duration(text, out)
             ? std::string()
             : "\"" + text + "\" is no duration (250ms, 5s, 2m, 1h30m)";
}

void add_flag(CLI::App& app, const Flag& flag) {
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
  // The last one wins, as everywhere on command lines.
  if (!std::holds_alternative<std::vector<std::string>*>(flag.target))
    option->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
}

// The first two words of the line that are no flags and no values of global flags: noun and verb,
// or a short word and a name.
std::vector<std::string> leading_words(int argc, char** argv) {
  std::vector<std::string> words;
  for (int i = 1; i < argc && words.size() < 2; ++i) {
    const std::string word = argv[i];
    if (!word.starts_with('-')) {
      words.push_back(word);
      continue;
    }
    for (const SettingRow& row : setting_rows()) {
      const std::string names = std::string(row.flags) + ",";
      const bool takes = row.kind != SettingKind::toggle && row.kind != SettingKind::count;
      if (takes &&
          (names.starts_with(word + ",") || names.find("," + word + ",") != std::string::npos))
        ++i;
    }
  }
  words.resize(2);
  return words;
}

class CommandLine {
 public:
  CommandLine(int argc, char** argv) : commands_(all_commands()) {
    root_.fallthrough();  // before subcommands are added: global flags are taken anywhere
    root_.set_help_flag("-h,--help");
    root_.allow_extras();  // unknown words are reported by us, with the nearest known one
    for (const SettingRow& row : setting_rows()) add_global(row);
    // Only what the line can mean is built. CLI11 takes milliseconds for all of it, and would take
    // an actor's name that is also a command's for that command.
    const std::vector<std::string> words = leading_words(argc, argv);
    const bool knows_verb =
        std::any_of(commands_.begin(), commands_.end(), [&](const Command& command) {
          return command.noun == words[0] && !command.verb.empty() && command.verb == words[1];
        });
    for (const Command& command : commands_) {
      const auto& shorts = command.words;
      if (std::find(shorts.begin(), shorts.end(), words[0]) != shorts.end())
        fill(root_.add_subcommand(words[0]), command);
      else if (command.noun == words[0] && (!knows_verb || command.verb == words[1]))
        add(command);
    }
  }

  int run(int argc, char** argv) {
    try {
      root_.parse(argc, argv);
    } catch (const CLI::CallForHelp&) {
      return print_help(argc, argv);
    } catch (const CLI::ParseError& error) {
      Session session(given_);
      if (const auto unknown = unknown_word(session)) return *unknown;
      return session.usage(error.what(), "goaktctl " + path_of(deepest()) + "--help");
    }
    Session session(given_);
    if (const auto unknown = unknown_word(session)) return *unknown;
    const CLI::App* chosen = deepest();
    const auto leaf = leaves_.find(chosen);
    if (leaf == leaves_.end()) {
      if (chosen == &root_) return print_help(argc, argv);
      return session.usage("what about " + chosen->get_name() + "?",
                           "goaktctl " + path_of(chosen) + "--help");
    }
    if (const auto wrong = session.prepare()) return *wrong;
    return finish(session, leaf->second->run(session));
  }

 private:
  // What the output engine has to say after the command.
  static int finish(Session& session, int code) {
    if (!session.out().flush()) return Exit::broken_pipe;
    if (code != Exit::ok) return code;
    if (!session.out().complaint().empty())
      return session.refuse(Exit::failed, "jq", session.out().complaint());
    if (session.settings().on("require-match") && !session.out().has_printed())
      return Exit::not_found;
    return code;
  }

  void add_global(const SettingRow& row) {
    const std::string key = row.key;
    const auto store = [this, key](std::string value) { given_[key].push_back(std::move(value)); };
    if (row.kind == SettingKind::toggle) {
      std::string names = row.flags;
      const std::string word = names.substr(names.rfind("--") + 2);
      if (!word.starts_with("no-")) names += ",!--no-" + word;
      root_.add_flag_function(names, [store](std::int64_t n) { store(n > 0 ? "true" : "false"); });
    } else if (row.kind == SettingKind::count) {
      root_.add_flag_function(row.flags, [store](std::int64_t n) {
        for (std::int64_t i = 0; i < n; ++i) store("1");
      });
    } else {
      root_
          .add_option_function<std::vector<std::string>>(
              row.flags,
              [store](const std::vector<std::string>& all) {
                for (const std::string& value : all) store(value);
              })
          ->allow_extra_args(false)
          ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    }
  }

  void add(const Command& command) {
    CLI::App* noun = &root_;
    if (!command.verb.empty()) {
      CLI::App*& known = nouns_[command.noun];
      if (known == nullptr) known = root_.add_subcommand(command.noun);
      noun = known;
    }
    fill(noun->add_subcommand(command.verb.empty() ? command.noun : command.verb), command);
  }

  void fill(CLI::App* app, const Command& command) {
    for (const Flag& flag : command.flags) add_flag(*app, flag);
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

  int print_help(int argc, char** argv) const {
    const bool full = std::any_of(
        argv, argv + argc, [](const char* word) { return std::string_view(word) == "--help"; });
    const CLI::App* chosen = deepest();
    const auto leaf = leaves_.find(chosen);
    const std::string text = leaf != leaves_.end() ? command_help(*leaf->second, full)
                             : chosen == &root_    ? root_help(commands_, full)
                                                   : noun_help(chosen->get_name(), commands_);
    std::fputs(text.c_str(), stdout);
    return std::fflush(stdout) == 0 ? Exit::ok : Exit::broken_pipe;
  }

  // The words that could have stood there.
  std::vector<std::string> known_words(const CLI::App* at) const {
    std::set<std::string> known;
    for (const Command& command : commands_) {
      if (command.hidden) continue;
      if (at == &root_) {
        known.insert(command.noun);
        known.insert(command.words.begin(), command.words.end());
      } else if (command.noun == at->get_name() && !command.verb.empty()) {
        known.insert(command.verb);
      }
    }
    return {known.begin(), known.end()};
  }

  static std::vector<std::string> known_flags(const CLI::App* at) {
    std::vector<std::string> known;
    for (; at != nullptr; at = at->get_parent())
      for (const CLI::Option* option : at->get_options())
        for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
    return known;
  }

  // CLI11 says only that something is missing when a word is wrong.
  std::optional<int> unknown_word(Session& session) const {
    const std::vector<std::string> extras = root_.remaining(true);
    if (extras.empty()) return std::nullopt;
    const CLI::App* at = deepest();
    const std::string& word = extras.front();
    const bool is_leaf = leaves_.contains(at);
    std::vector<std::string> known;
    if (word.starts_with('-'))
      known = known_flags(at);
    else if (!is_leaf)
      known = known_words(at);
    const std::string near = goakt::nearest(word.substr(0, word.find('=')), known);
    const std::string hint =
        near.empty() ? "goaktctl " + path_of(at) + "--help" : "did you mean " + near + "?";
    const char* what = word.starts_with('-') ? "unknown flag "
                       : is_leaf             ? "one argument too many: "
                                             : "unknown word ";
    return session.usage(what + printable(word), hint);
  }

  GivenFlags given_;
  CLI::App root_{"", "goaktctl"};
  std::vector<Command> commands_;
  std::map<std::string, CLI::App*> nouns_;
  std::map<const CLI::App*, const Command*> leaves_;
};

}  // namespace

int run_command_line(int argc, char** argv) {
  // Before CLI11 sees the words: it would check them, and they are not finished.
  if (argc > 1 && std::string_view(argv[1]) == "__complete")
    return complete({argv + 2, argv + argc});
  CommandLine line(argc, argv);
  return line.run(argc, argv);
}

}  // namespace goaktctl
