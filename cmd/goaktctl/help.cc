#include "command.h"
#include "exit_codes.h"
#include "goakt/base/text.h"
#include "help_text.h"
#include "output/table.h"
#include "session.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>

namespace goaktctl {

namespace {

std::string exit_code_table() {
  Table table({{"CODE", true}, {"NAME"}, {"WHEN"}});
#define GOAKT_X(name, code, word, when) table.add({#code, word, when});
  GOAKTCTL_EXIT_CODES(GOAKT_X)
#undef GOAKT_X
  return table.render(std::nullopt, true) +
         "\nOf several failures the first in this order counts: 5, 6, 3, 4, 9, 8, 7, 12, 13, 11, "
         "10, 1.\n";
}

std::string environment_table() {
  Table table({{"VARIABLE"}, {"MEANS"}});
  for (const SettingRow& row : setting_rows())
    if (*row.variable) table.add({row.variable, std::string(row.flags) + ": " + row.help});
  table.add({"XDG_RUNTIME_DIR", "where the socket of this user's node is looked for"});
  table.add({"XDG_CONFIG_HOME", "where goaktctl/config.toml is looked for, else in ~/.config"});
  table.add({"XDG_CACHE_HOME", "where completion keeps names for 5 s"});
  table.add(
      {"NO_COLOR, CLICOLOR_FORCE, TERM=dumb", "whether there is colour, unless --color says"});
  return table.render(std::nullopt, true);
}

constexpr const char* kJq =
    "--jq EXPR, or -o jq=EXPR, filters the JSON that -o json would print, with the jq language.\n"
    "Strings are printed raw, everything else as compact JSON, one result per line.\n\n"
    "  goaktctl ls --jq '.items[].name'\n"
    "  goaktctl ls --jq '[.items[] | select(.metrics.mailbox > 100)] | length'\n"
    "  goaktctl events -f --jq 'select(.type == \"actor.suspended\") | .actor'\n\n"
    "A list is one document with its items; streams are filtered object by object. A wrong\n"
    "expression is exit 2; no result is exit 0, or 3 with --require-match.\n";

constexpr const char* kFilters =
    "-l TERMS filters at the server; terms have commas between them, all must hold:\n\n"
    "  kind=order  kind!=x  name~^ord  node=...  state=suspended  metrics.mailbox>1000\n\n"
    "  goaktctl ls -l 'kind=order,metrics.mailbox>1000'\n"
    "  goaktctl ls -l 'state=suspended' -o name | xargs goaktctl actor reinstate\n";

constexpr const char* kJson =
    "Every command prints JSON with -o json: one object for one thing, {\"items\": [...]} for a\n"
    "list, \"next\" when there is more. -o ndjson prints one object per line; streams always do.\n"
    "Times are RFC 3339 in UTC, durations have their unit in the name (timeoutMs), what is "
    "unknown\n"
    "is absent. The JSON Schema of a kind: goaktctl schema KIND.\n\n"
    "Errors go to stderr, with -o json, ndjson or yaml as a problem document (RFC 9457): code,\n"
    "detail, hint, requestId. The code decides the exit code: goaktctl help exit-codes.\n";

constexpr const char* kContexts =
    "A context is a named set of settings in ~/.config/goaktctl/config.toml:\n\n"
    "  current-context = \"prod\"\n"
    "  [context.prod]\n"
    "  endpoints  = [\"https://n1.example:4258\", \"https://n2.example:4258\"]\n"
    "  token-file = \"~/.config/goaktctl/prod.token\"\n"
    "  cacert     = \"/etc/goakt/ca.pem\"\n"
    "  color-hint = \"red\"        # shown in questions\n"
    "  confirm    = \"type-name\"  # none, yes-no or type-name, before something is destroyed\n\n"
    "  goaktctl context add prod --set endpoints=https://n1.example:4258\n"
    "  goaktctl context use prod        and back: goaktctl context use -\n"
    "  goaktctl context view --effective\n\n"
    "A flag wins over the environment, that over the context, that over the default.\n";

std::string topic_text(const std::string& topic) {
  if (topic == "exit-codes") return exit_code_table();
  if (topic == "environment") return environment_table();
  if (topic == "jq") return kJq;
  if (topic == "filters") return kFilters;
  if (topic == "json") return kJson;
  return topic == "contexts" ? kContexts : "";
}

const std::vector<std::string>& topics() {
  static const std::vector<std::string> words = {"exit-codes", "environment", "jq",
                                                 "filters",    "json",        "contexts"};
  return words;
}

int print_help(Session& session, const std::vector<std::string>& words) {
  const std::vector<Command> commands = all_commands();
  if (words.empty()) {
    session.out().raw(root_help(commands, true));
    return Exit::ok;
  }
  if (const std::string text = topic_text(words[0]); !text.empty()) {
    session.out().raw(text);
    return Exit::ok;
  }
  std::vector<std::string> known = topics();
  for (const Command& command : commands) {
    const bool is_short =
        std::find(command.words.begin(), command.words.end(), words[0]) != command.words.end();
    const bool is_named = command.noun == words[0] &&
                          (command.verb.empty() || (words.size() > 1 && command.verb == words[1]));
    if (is_short || is_named) {
      session.out().raw(command_help(command, true));
      return Exit::ok;
    }
    known.push_back(command.noun);
  }
  if (std::find(known.begin(), known.end(), words[0]) != known.end()) {
    session.out().raw(noun_help(words[0], commands));
    return Exit::ok;
  }
  const std::string near = goakt::nearest(words[0], known);
  return session.usage("no topic " + words[0],
                       near.empty()
                           ? "exit-codes, environment, jq, filters, json, contexts, or a command"
                           : "did you mean " + near + "?");
}

// The tool's page to stdout, or all pages into a folder.
int write_man(Session& session, const std::string& folder) {
  const std::vector<Command> commands = all_commands();
  if (folder.empty()) {
    session.out().raw(man_page(commands));
    return Exit::ok;
  }
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  const auto write = [&](const std::string& name, const std::string& text) {
    std::ofstream out(folder + "/" + name);
    out << text;
    return static_cast<bool>(out.flush());
  };
  bool good = write("goaktctl.1", man_page(commands));
  for (const std::string& noun : man_nouns(commands))
    good = good && write("goaktctl-" + noun + ".1", man_page(noun, commands));
  if (good) return Exit::ok;
  return session.refuse(Exit::failed, "failed", folder + ": " + std::strerror(errno));
}

}  // namespace

std::vector<Command> help_commands() {
  auto words = std::make_shared<std::vector<std::string>>();
  auto folder = std::make_shared<std::string>();
  Command man = {"__man",
                 "",
                 {},
                 "writes the man pages",
                 "",
                 {},
                 {{"DIR", folder.get(), "where to"}},
                 [folder](Session& session) { return write_man(session, *folder); }};
  Command docs = {
      "__docs", "", {}, "writes docs/goaktctl.md", "", {}, {}, [](Session& session) -> int {
        session.out().raw(reference_markdown(all_commands()));
        return Exit::ok;
      }};
  man.hidden = docs.hidden = true;
  return {{"help",
           "",
           {},
           "explains a command or a topic: exit-codes, environment, jq, filters, json, contexts",
           "",
           {"goaktctl help exit-codes", "goaktctl help actor list"},
           {{"TOPIC", words.get(), "a topic or a command", false,
             "exit-codes|environment|jq|filters|json|contexts"}},
           [words](Session& session) { return print_help(session, *words); }},
          std::move(man),
          std::move(docs)};
}

}  // namespace goaktctl
