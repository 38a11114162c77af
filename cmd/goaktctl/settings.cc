#include "settings.h"

#include "contexts.h"
#include "goakt/base/text.h"
#include "output/text.h"

#include <charconv>
#include <cstdlib>

namespace goaktctl {

namespace {

using enum SettingKind;

std::vector<SettingRow> make_rows() {
  return {
      {"--endpoint", "endpoints", "GOAKTCTL_ENDPOINTS", list, "",
       "unix:///path, http://host:port or https://host:port; repeatable, or a comma list",
       "Connection", "", true},
      {"--endpoint-order", "endpoint-order", "", text, "given", "given, or random for spreading",
       "Connection", "given|random", true},
      {"--context", "context", "GOAKTCTL_CONTEXT", text, "", "named set of settings", "Connection",
       "@context"},
      {"--config", "config", "GOAKTCTL_CONFIG", text, "", "the file of contexts", "Connection",
       "@file"},
      {"--token", "token", "GOAKTCTL_TOKEN", text, "", "bearer token; others see it in ps",
       "Connection", "", true},
      {"--token-file", "token-file", "GOAKTCTL_TOKEN_FILE", text, "", "file with the bearer token",
       "Connection", "@file", true},
      {"--cacert", "cacert", "GOAKTCTL_CACERT", text, "", "authorities that sign the server",
       "Connection", "@file", true},
      {"--cert", "cert", "GOAKTCTL_CERT", text, "", "our certificate", "Connection", "@file", true},
      {"--key", "key", "GOAKTCTL_KEY", text, "", "its key", "Connection", "@file", true},
      {"--server-name", "server-name", "GOAKTCTL_SERVER_NAME", text, "",
       "name in the server's certificate", "Connection", "", true},
      {"--insecure-skip-verify", "insecure-skip-verify", "", toggle, "", "believe any certificate",
       "Connection", ""},
      {"-n,--node", "node", "GOAKTCTL_NODE", text, "",
       "this node: its id, IP:PORT of its remoting, or self", "Connection", "@node", true},
      {"--timeout", "timeout", "GOAKTCTL_TIMEOUT", duration, "10s", "for one request", "Connection",
       "", true},
      {"--retries", "retries", "", number, "2", "of requests that may be repeated", "Connection",
       "", true},
      {"--request-id", "request-id", "", text, "", "to find this call in the node's audit log",
       "Connection", ""},

      {"-o,--output", "output", "GOAKTCTL_OUTPUT", text, "table",
       "table, wide, json, ndjson, yaml, name, jq=EXPR, cols=A,B, template=TEXT", "Output",
       "table|wide|json|ndjson|yaml|name|jq=|cols=|template=", true},
      {"--jq", "jq", "", text, "", "EXPR: the same as -o jq=EXPR", "Output", ""},
      {"--require-match", "require-match", "", toggle, "", "exit 3 when nothing was printed",
       "Output", ""},
      {"--no-headers", "no-headers", "", toggle, "", "tables without the line of headers", "Output",
       ""},
      {"--no-trunc", "no-trunc", "", toggle, "", "never cut or leave out columns", "Output", ""},
      {"--columns", "columns", "", text, "", "A,B,C: headers or dotted paths of the JSON", "Output",
       ""},
      {"--color", "color", "", text, "auto", "auto, always or never", "Output",
       "auto|always|never"},
      {"-q,--quiet", "quiet", "", toggle, "", "no progress, no hints", "Output", ""},
      {"-v", "verbose", "", count, "", "say on stderr what is called; -vv headers, -vvv bodies",
       "Output", ""},

      {"--wait-timeout", "wait-timeout", "", duration, "10m", "for long work; 0 is no limit", "Run",
       "", true},
      {"--detach", "detach", "", toggle, "", "do not wait for long work, print its id", "Run", ""},
      {"-y,--yes", "yes", "GOAKTCTL_YES", toggle, "", "no questions", "Run", ""},
      {"--dry-run", "dry-run", "", toggle, "", "say what would be done, change nothing", "Run", ""},
  };
}

const SettingRow* row_of(std::string_view key) {
  for (const SettingRow& row : setting_rows())
    if (row.key == key) return &row;
  return nullptr;
}

bool is_on(const std::string& word) {
  return word == "1" || same_word(word, "true") || same_word(word, "yes") || same_word(word, "on");
}

bool is_switch_word(const std::string& word) {
  return is_on(word) || word == "0" || word.empty() || same_word(word, "false") ||
         same_word(word, "no") || same_word(word, "off");
}

std::string source_of(const SettingRow& row, Origin origin) {
  if (origin == Origin::environment) return row.variable;
  if (origin == Origin::context) return std::string("context key ") + row.key;
  const std::string flags = row.flags;
  return flags.substr(flags.rfind(',') + 1);
}

}  // namespace

const std::vector<SettingRow>& setting_rows() {
  static const std::vector<SettingRow> rows = make_rows();
  return rows;
}

const char* origin_word(Origin origin) {
  constexpr const char* kWords[] = {"default", "context", "environment", "flag"};
  return kWords[static_cast<std::size_t>(origin)];
}

std::optional<std::string> process_environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? std::optional<std::string>(value) : std::nullopt;
}

Settings Settings::resolve(const GivenFlags& given, const Environment& environment,
                           const Context* context) {
  Settings settings;
  for (const SettingRow& row : setting_rows()) {
    Setting setting;
    if (*row.fallback != '\0') setting.values = {row.fallback};
    if (context && row.in_context) {
      if (const auto it = context->values.find(row.key); it != context->values.end())
        setting = {it->second, Origin::context};
    }
    if (*row.variable != '\0') {
      if (const auto value = environment(row.variable); value && !value->empty())
        setting = {{*value}, Origin::environment};
    }
    if (const auto it = given.find(row.key); it != given.end())
      setting = {it->second, Origin::flag};
    settings.values_.emplace(row.key, std::move(setting));
  }
  return settings;
}

const Setting& Settings::at(std::string_view key) const {
  static const Setting none;
  const auto it = values_.find(key);
  return it == values_.end() ? none : it->second;
}

std::string Settings::text(std::string_view key) const {
  const Setting& setting = at(key);
  return setting.values.empty() ? std::string() : setting.values.back();
}

bool Settings::on(std::string_view key) const {
  return is_on(text(key));
}

std::int64_t Settings::number(std::string_view key) const {
  const std::string value = text(key);
  std::int64_t number = 0;
  std::from_chars(value.data(), value.data() + value.size(), number);
  return number;
}

std::chrono::milliseconds Settings::duration(std::string_view key) const {
  std::chrono::milliseconds time{0};
  goakt::parse_duration(text(key), time);
  return time;
}

std::optional<std::string> Settings::complaint() const {
  for (const auto& [key, setting] : values_) {
    const SettingRow& row = *row_of(key);
    for (const std::string& value : setting.values) {
      const std::string head = source_of(row, setting.origin) + ": \"" + printable(value) + "\" ";
      std::chrono::milliseconds time;
      std::int64_t whole = 0;
      const char* const end = value.data() + value.size();
      if (row.kind == SettingKind::duration && !goakt::parse_duration(value, time))
        return head + "is no duration (250ms, 5s, 2m, 1h30m)";
      if (row.kind == SettingKind::number) {
        const auto [stop, error] = std::from_chars(value.data(), end, whole);
        if (error != std::errc() || stop != end || whole < 0 || whole > 1'000'000)
          return head + "is no number";
      }
      if (row.kind == SettingKind::toggle && !is_switch_word(value))
        return head + "is neither true nor false";
      const std::string_view choices = row.completes;
      if (choices.find('|') != std::string_view::npos && key != "output") {
        const std::string padded = "|" + std::string(choices) + "|";
        if (padded.find("|" + value + "|") == std::string::npos)
          return head + "must be one of " + std::string(choices);
      }
    }
  }
  return std::nullopt;
}

}  // namespace goaktctl
