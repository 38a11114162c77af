#include "goakt/daemon/documents.h"

#include "goakt/config/documents.h"
#include "goakt/daemon/command_line.h"
#include "goakt/daemon/exit_codes.h"

#include <string>
#include <vector>

namespace goakt::daemon {

namespace {

std::string head(const std::string& name, const std::string& section, const std::string& doc) {
  return ".\\\" Made by `goaktd docs " + name + "." + section + "`: do not edit.\n.TH " + name +
         " " + section + " \"\" \"goaktd " GOAKT_VERSION "\"\n.SH NAME\n" + name + " \\- " + doc +
         "\n";
}

std::string tagged(const std::string& tag, const std::string& text) {
  std::string safe;
  for (const char c : tag) safe += c == '-' ? std::string("\\-") : std::string(1, c);
  return ".TP\n.B " + safe + "\n" + text + ".\n";
}

// One word of a list in a shell's single quotes: our docs hold no such quote but in "actor's".
std::string shell_text(const std::string& text) {
  std::string safe;
  for (const char c : text) safe += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return safe;
}

// First words, and the second words of each.
std::string first_words() {
  std::string words;
  std::string last;
  for (const auto& [command, doc] : grammar().commands) {
    const std::string word = command.substr(0, command.find(' '));
    if (word != last && word != "docs") words += (words.empty() ? "" : " ") + word;
    last = word;
  }
  return words;
}

std::string words_below(const std::string& parent) {
  std::string words;
  for (const auto& [command, doc] : grammar().commands)
    if (command.starts_with(parent + " "))
      words += (words.empty() ? "" : " ") + command.substr(parent.size() + 1);
  return words;
}

// First words that are followed by a second one.
std::vector<std::string> parents() {
  std::vector<std::string> words;
  for (const auto& [command, doc] : grammar().commands) {
    const auto space = command.find(' ');
    if (space == std::string::npos) continue;
    if (words.empty() || words.back() != command.substr(0, space))
      words.push_back(command.substr(0, space));
  }
  return words;
}

std::string all_flags() {
  std::string flags;
  for (const auto& [flag, doc] : grammar().flags) flags += flag + " ";
  for (const config::Key& key : config::keys()) flags += "--" + std::string(key.name) + " ";
  flags.pop_back();
  return flags;
}

}  // namespace

std::string man_page() {
  std::string out = head("goaktd", "8", "node of the GoAkt actor system");
  out +=
      ".SH SYNOPSIS\n.B goaktd\n[\\fIflags\\fR]\n.br\n.B goaktd config check|show|defaults|schema|"
      "convert\n.br\n.B goaktd token new|list|revoke\n.br\n.B goaktd kinds|version\n"
      ".SH DESCRIPTION\nRuns actors until it is told to stop. Without any flag, variable or file "
      "it "
      "runs alone, with its\nadmin API on a unix socket and on 127.0.0.1:4258, and with a few "
      "kinds "
      "of actors to try;\n.BR goaktctl (1)\nfinds it there.\n.SH COMMANDS\n";
  for (const auto& [command, doc] : grammar().commands)
    if (command != "docs") out += tagged(command, doc);
  out += ".SH OPTIONS\n";
  for (const auto& [flag, doc] : grammar().flags) out += tagged(flag, doc);
  out +=
      "Each key of\n.BR goaktd.toml (5)\nis a flag, too:\n.B \\-\\-admin.listen 127.0.0.1:4300\n"
      ".SH SIGNALS\n";
  out += tagged("TERM, INT",
                "stop gracefully; a second one waits no longer for actors, a third one ends the "
                "process at once");
  out += tagged("HUP", "read the configuration again and reopen the log file");
  out += tagged("USR1", "reopen the log file");
  out += tagged("USR2", "write a debug bundle into data.dir");
  out += tagged("QUIT", "write the stacks of all threads to the log and go on");
  out += ".SH EXIT STATUS\n";
  for (const ExitMeaning& exit : exit_meanings())
    out += tagged(std::to_string(exit.code), exit.meaning);
  out += ".SH FILES\n" + tagged("/etc/goaktd/goaktd.toml", "configuration") +
         tagged("/etc/goaktd/conf.d/*.toml", "more of it, in the order of their names") +
         tagged("/run/goaktd/admin.sock", "admin API with all rights, where it runs as a service") +
         ".SH SEE ALSO\n.BR goaktctl (1),\n.BR goaktd.toml (5)\n";
  return out;
}

std::string file_man_page() {
  return head("goaktd.toml", "5", "configuration of goaktd") +
         ".SH DESCRIPTION\nTOML with one table for each section below; every key is also a flag "
         "and a variable:\n.B listen\nin\n.B [admin]\nis\n.B \\-\\-admin.listen\nand\n.B "
         "GOAKTD_ADMIN_LISTEN.\nDurations are \\(dq250ms\\(dq, \\(dq5s\\(dq, \\(dq1h30m\\(dq; "
         "sizes "
         "\\(dq64KiB\\(dq, \\(dq16MiB\\(dq.\nKeys marked reload are taken over by a running "
         "node.\n.SH KEYS\n" +
         config::reference_as_man_page() + ".SH SEE ALSO\n.BR goaktd (8)\n";
}

std::string bash_completion() {
  std::string below;
  for (const std::string& parent : parents()) {
    below += "    " + parent + ") COMPREPLY=($(compgen -W '" + words_below(parent) +
             "' -- \"$word\")); return ;;\n";
  }
  return "# Completion of goaktd for bash; made by `goaktd docs bash`.\n"
         "_goaktd() {\n"
         "  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
         "  case $before in\n" +
         below +
         "    --role) COMPREPLY=($(compgen -W 'viewer operator admin' -- \"$word\")); return ;;\n"
         "    -c|--config|check|convert|--*.cert|--*.key|--*-file|--log.file|--plugin)\n"
         "      COMPREPLY=($(compgen -f -- \"$word\")); return ;;\n"
         "  esac\n"
         "  if [[ $word == -* ]]; then\n"
         "    COMPREPLY=($(compgen -W '" +
         all_flags() +
         "' -- \"$word\"))\n"
         "  else\n"
         "    COMPREPLY=($(compgen -W '" +
         first_words() +
         "' -- \"$word\"))\n"
         "  fi\n"
         "}\n"
         "complete -o default -F _goaktd goaktd\n";
}

std::string zsh_completion() {
  std::string out =
      "#compdef goaktd\n# Completion of goaktd for zsh; made by `goaktd docs zsh`.\n"
      "local -a flags commands\nflags=(\n";
  const auto entry = [](const std::string& name, const std::string& doc) {
    std::string safe;
    for (const char c : doc) safe += c == ':' ? std::string("\\:") : std::string(1, c);
    return "  '" + name + ":" + shell_text(safe) + "'\n";
  };
  for (const auto& [flag, doc] : grammar().flags) out += entry(flag, doc);
  for (const config::Key& key : config::keys())
    out += entry("--" + std::string(key.name), std::string(key.doc));
  out += ")\ncase $words[CURRENT-1] in\n";
  for (const std::string& parent : parents())
    out += "  " + parent + ") compadd " + words_below(parent) + "; return ;;\n";
  out +=
      "  -c|--config|check|convert) _files; return ;;\nesac\n"
      "if [[ $PREFIX == -* ]]; then _describe flag flags; else compadd " +
      first_words() + "; fi\n";
  return out;
}

std::string fish_completion() {
  std::string out =
      "# Completion of goaktd for fish; made by `goaktd docs fish`.\ncomplete -c goaktd -f\n"
      "complete -c goaktd -n __fish_use_subcommand -a '" +
      first_words() + "'\n";
  for (const std::string& parent : parents())
    out += "complete -c goaktd -n '__fish_seen_subcommand_from " + parent + "' -a '" +
           words_below(parent) + "'\n";
  for (const auto& [flag, doc] : grammar().flags)
    out += "complete -c goaktd -l " + flag.substr(2) + " -d '" + shell_text(doc) + "'\n";
  for (const config::Key& key : config::keys())
    out += "complete -c goaktd -x -l " + std::string(key.name) + " -d '" +
           shell_text(std::string(key.doc)) + "'\n";
  return out;
}

}  // namespace goakt::daemon
