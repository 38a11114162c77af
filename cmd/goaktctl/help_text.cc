#include "help_text.h"

#include "exit_codes.h"
#include "settings.h"

#include <algorithm>

namespace goaktctl {

namespace {

constexpr std::size_t kLeft = 30;

std::string padded(std::string text, std::size_t width = kLeft) {
  if (text.size() + 2 > width) return text + "\n" + std::string(width + 2, ' ');
  text.resize(width, ' ');
  return text;
}

const char* value_word(const Flag& flag) {
  if (std::holds_alternative<bool*>(flag.target)) return "";
  if (std::holds_alternative<std::int64_t*>(flag.target)) return " N";
  if (std::holds_alternative<std::chrono::milliseconds*>(flag.target)) return " DUR";
  if (flag.completes == "@file") return " FILE";
  return " TEXT";
}

const char* value_word(const SettingRow& row) {
  switch (row.kind) {
    case SettingKind::toggle:
    case SettingKind::count:
      return "";
    case SettingKind::number:
      return " N";
    case SettingKind::duration:
      return " DUR";
    default:
      return " TEXT";
  }
}

bool is_repeatable(const Flag& flag) {
  return std::holds_alternative<std::vector<std::string>*>(flag.target);
}

std::string flag_left(const Flag& flag) {
  std::string names = flag.names;
  if (const auto comma = names.find(','); comma != std::string::npos) names.insert(comma + 1, " ");
  return names + value_word(flag) + (is_repeatable(flag) ? "..." : "");
}

std::string argument_word(const Flag& flag) {
  const std::string word = flag.names + (is_repeatable(flag) ? "..." : "");
  return flag.required ? word : "[" + word + "]";
}

std::string usage_of(const Command& command) {
  std::string text = "goaktctl " + command.path();
  bool has_flags = false;
  for (const Flag& flag : command.flags) {
    if (flag.is_argument())
      text += " " + argument_word(flag);
    else
      has_flags = true;
  }
  return text + (has_flags ? " [flags]" : "");
}

std::string words_of(const Command& command) {
  std::string text;
  for (const std::string& word : command.words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

struct ExitRow {
  int code;
  const char* word;
  const char* when;
};

constexpr ExitRow kExits[] = {
#define GOAKT_X(name, code, word, when) {code, word, when},
    GOAKTCTL_EXIT_CODES(GOAKT_X)
#undef GOAKT_X
};

// Every call can be denied, unreachable or late; names may be wrong; the rest is the command's.
std::vector<int> exits_of(const Command& command) {
  std::vector<int> codes = {Exit::ok, Exit::usage};
  if (!command.http.empty())
    codes.insert(codes.end(), {Exit::denied, Exit::unreachable, Exit::timeout});
  codes.insert(codes.end(), command.exits.begin(), command.exits.end());
  std::sort(codes.begin(), codes.end());
  codes.erase(std::unique(codes.begin(), codes.end()), codes.end());
  return codes;
}

std::string default_note(const SettingRow& row) {
  std::string text;
  if (*row.fallback != '\0') text += std::string(", ") + row.fallback;
  if (*row.variable != '\0') text += std::string(" (") + row.variable + ")";
  return text;
}

std::string global_flags() {
  std::string text;
  for (const char* group : {"Connection", "Output", "Run"}) {
    text += std::string("\n") + group + ":\n";
    for (const SettingRow& row : setting_rows()) {
      if (std::string(row.group) != group) continue;
      std::string names = row.flags;
      if (const auto comma = names.find(','); comma != std::string::npos)
        names.insert(comma + 1, " ");
      text += "  " + padded(names + value_word(row)) + row.help + default_note(row) + "\n";
    }
  }
  return text;
}

// Nouns with several verbs, in the order in which they appear.
std::vector<std::string> nouns_of(const std::vector<Command>& commands) {
  std::vector<std::string> nouns;
  for (const Command& command : commands)
    if (!command.hidden && !command.verb.empty() &&
        std::find(nouns.begin(), nouns.end(), command.noun) == nouns.end())
      nouns.push_back(command.noun);
  return nouns;
}

std::string roff(std::string_view text) {
  std::string out;
  bool line_begin = true;
  for (const char c : text) {
    if (line_begin && (c == '.' || c == '\'')) out += "\\&";
    line_begin = c == '\n';
    if (c == '\\')
      out += "\\e";
    else if (c == '-')
      out += "\\-";
    else
      out += c;
  }
  return out;
}

std::string cell(std::string text) {
  std::string out;
  for (const char c : text) out += c == '|' ? std::string("\\|") : std::string(1, c);
  return out;
}

std::string command_roff(const Command& command) {
  std::string text = ".SS " + roff(usage_of(command)) + "\n" + roff(command.summary) + ".\n";
  if (!command.words.empty()) text += ".br\nShort: \\fB" + roff(words_of(command)) + "\\fR\n";
  if (!command.http.empty()) text += ".br\nCalls: " + roff(command.http) + "\n";
  for (const Flag& flag : command.flags)
    text += ".TP\n\\fB" + roff(flag_left(flag)) + "\\fR\n" + roff(flag.help) + "\n";
  if (!command.examples.empty()) {
    text += ".PP\n.nf\n";
    for (const std::string& example : command.examples) text += roff(example) + "\n";
    text += ".fi\n";
  }
  return text;
}

std::string exits_roff() {
  std::string text = ".SH EXIT STATUS\n";
  for (const ExitRow& row : kExits)
    text +=
        ".TP\n\\fB" + std::to_string(row.code) + "\\fR " + row.word + "\n" + roff(row.when) + "\n";
  return text;
}

}  // namespace

std::string command_help(const Command& command, bool full) {
  std::string text = command.summary + "\n\nUsage:\n  " + usage_of(command) + "\n";
  if (!command.words.empty()) text += "  short: goaktctl " + words_of(command) + "\n";
  if (full && !command.examples.empty()) {
    text += "\nExamples:\n";
    for (const std::string& example : command.examples) text += "  " + example + "\n";
  }
  for (const bool arguments : {true, false}) {
    bool first = true;
    for (const Flag& flag : command.flags) {
      if (flag.is_argument() != arguments) continue;
      if (first) text += arguments ? "\nArguments:\n" : "\nFlags:\n";
      first = false;
      text += "  " + padded(flag_left(flag)) + flag.help +
              (flag.required && !arguments ? "; required" : "") + "\n";
    }
  }
  if (!full) return text + "\nMore: goaktctl " + command.path() + " --help\n";
  text += global_flags();
  text += "\nExit codes:\n";
  for (const int code : exits_of(command))
    for (const ExitRow& row : kExits)
      if (row.code == code)
        text += "  " + padded(std::to_string(code) + " " + row.word, 16) + row.when + "\n";
  if (!command.http.empty()) text += "\nCalls: " + command.http + "\n";
  return text;
}

std::string noun_help(const std::string& noun, const std::vector<Command>& commands) {
  std::string text =
      noun + ": " + about_noun(noun) + "\n\nUsage:\n  goaktctl " + noun + " VERB\n\nVerbs:\n";
  for (const Command& command : commands) {
    if (command.noun != noun || command.hidden || command.verb.empty()) continue;
    const std::string words = words_of(command);
    text += "  " + padded(command.verb, 20) + command.summary +
            (words.empty() ? "" : " (" + words + ")") + "\n";
  }
  return text + "\nMore: goaktctl " + noun + " VERB --help\n";
}

std::string root_help(const std::vector<Command>& commands, bool full) {
  std::string text =
      "Operates goaktd nodes through their admin API.\n\n"
      "Usage:\n  goaktctl [global flags] NOUN VERB [NAME...] [flags]\n\n"
      "Begin with:\n"
      "  goaktctl tree                     what runs\n"
      "  goaktctl spawn hello --kind demo.echo\n"
      "  goaktctl ask hello --string hi\n"
      "  goaktctl top\n\nNouns:\n";
  for (const std::string& noun : nouns_of(commands))
    text += "  " + padded(noun, 16) + about_noun(noun) + "\n";
  text += "\nCommands:\n";
  for (const Command& command : commands)
    if (!command.hidden && command.verb.empty())
      text += "  " + padded(command.noun, 16) + command.summary + "\n";
  text += "\nShort words:\n";
  for (const Command& command : commands)
    for (const std::string& word : command.words)
      if (word != command.noun)
        text += "  " + padded(word, 16) + command.path() + ": " + command.summary + "\n";
  if (full) text += global_flags();
  return text + "\nMore: goaktctl NOUN VERB --help, goaktctl help exit-codes" +
         (full ? "" : ", goaktctl --help for the global flags") + "\n";
}

std::string reference_markdown(const std::vector<Command>& commands) {
  std::string text =
      "# goaktctl: every command\n\n"
      "Written by `goaktctl __docs` from the command tree; a test compares it. How it is used day "
      "by\n"
      "day: [goaktctl-guide.md](goaktctl-guide.md).\n\n"
      "## Global flags\n\nTaken anywhere on the line.\n\n"
      "| flag | environment | default | meaning |\n|---|---|---|---|\n";
  for (const SettingRow& row : setting_rows())
    text += "| `" + cell(std::string(row.flags) + value_word(row)) + "` | " +
            (*row.variable ? "`" + std::string(row.variable) + "`" : "") + " | " + row.fallback +
            " | " + cell(row.help) + " |\n";
  text += "\n## Short words\n\n| word | command |\n|---|---|\n";
  for (const Command& command : commands)
    for (const std::string& word : command.words)
      if (word != command.noun) text += "| `" + word + "` | `" + command.path() + "` |\n";
  text += "\n## Exit codes\n\n| code | name | when |\n|---|---|---|\n";
  for (const ExitRow& row : kExits)
    text += "| " + std::to_string(row.code) + " | " + row.word + " | " + row.when + " |\n";
  text += "\n## Commands\n";
  for (const Command& command : commands) {
    if (command.hidden) continue;
    text += "\n### " + command.path() + "\n\n" + command.summary + ".\n\n    " + usage_of(command) +
            "\n\n";
    if (!command.words.empty()) text += "Short: `" + words_of(command) + "`. ";
    if (!command.http.empty()) text += "Calls `" + command.http + "`. ";
    std::string codes;
    for (const int code : exits_of(command))
      codes += (codes.empty() ? "" : ", ") + std::to_string(code);
    text += "Exit codes: " + codes + ".\n";
    if (!command.flags.empty()) {
      text += "\n| flag | meaning |\n|---|---|\n";
      for (const Flag& flag : command.flags)
        text += "| `" + cell(flag_left(flag)) + "` | " + cell(flag.help) +
                (flag.required ? " (required)" : "") + " |\n";
    }
    if (!command.examples.empty()) {
      text += "\n";
      for (const std::string& example : command.examples) text += "    " + example + "\n";
    }
  }
  return text;
}

std::vector<std::string> man_nouns(const std::vector<Command>& commands) {
  std::vector<std::string> nouns = nouns_of(commands);
  for (const Command& command : commands)
    if (!command.hidden && command.verb.empty()) nouns.push_back(command.noun);
  return nouns;
}

std::string man_page(const std::vector<Command>& commands) {
  std::string text =
      ".TH GOAKTCTL 1\n.SH NAME\ngoaktctl \\- operates goaktd nodes\n"
      ".SH SYNOPSIS\n\\fBgoaktctl\\fR [global flags] NOUN VERB [NAME...] [flags]\n"
      ".SH DESCRIPTION\nTalks to the admin API of a node, by its unix socket or HTTP(S). Results "
      "go "
      "to standard output, everything else to standard error.\n.SH NOUNS\n";
  for (const std::string& noun : man_nouns(commands))
    text += ".TP\n\\fBgoaktctl\\-" + roff(noun) + "\\fR(1)\n" + roff(about_noun(noun)) + "\n";
  text += ".SH GLOBAL FLAGS\n";
  for (const SettingRow& row : setting_rows())
    text += ".TP\n\\fB" + roff(std::string(row.flags) + value_word(row)) + "\\fR\n" +
            roff(row.help + default_note(row)) + "\n";
  text += exits_roff();
  return text + ".SH SEE ALSO\n\\fBgoaktd\\fR(8)\n";
}

std::string man_page(const std::string& noun, const std::vector<Command>& commands) {
  std::string upper = noun;
  std::transform(upper.begin(), upper.end(), upper.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  std::string about = about_noun(noun);
  for (const Command& command : commands)
    if (command.noun == noun && command.verb.empty()) about = command.summary;
  std::string text = ".TH GOAKTCTL\\-" + roff(upper) + " 1\n.SH NAME\ngoaktctl\\-" + roff(noun) +
                     " \\- " + roff(about) + "\n.SH COMMANDS\n";
  for (const Command& command : commands)
    if (command.noun == noun && !command.hidden) text += command_roff(command);
  return text + exits_roff() + ".SH SEE ALSO\n\\fBgoaktctl\\fR(1)\n";
}

}  // namespace goaktctl
