#include "goakt/config/settings.h"

#include "goakt/base/text.h"

#include <charconv>
#include <cstdlib>

namespace goakt::config {

namespace {

std::optional<std::int64_t> whole_number(const std::string& text) {
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return number;
}

bool is_choice(std::string_view choices, std::string_view text) {
  while (!choices.empty()) {
    const auto bar = choices.find('|');
    if (choices.substr(0, bar) == text) return true;
    choices.remove_prefix(bar == std::string_view::npos ? choices.size() : bar + 1);
  }
  return false;
}

}  // namespace

std::optional<std::string> complaint_about(const Key& key, const std::string& text) {
  std::chrono::milliseconds duration{};
  switch (key.type) {
    case KeyType::number: {
      const auto number = whole_number(text);
      if (number && *number >= key.min && *number <= key.max) return std::nullopt;
      return "must be a whole number from " + std::to_string(key.min) + " to " +
             std::to_string(key.max);
    }
    case KeyType::duration:
      if (parse_duration(text, duration) && duration.count() > 0) return std::nullopt;
      return "must be a duration such as 250ms, 5s, 2m or 1h30m";
    case KeyType::flag:
      if (is_choice("true|false", text)) return std::nullopt;
      return "must be true or false";
    case KeyType::text:
      if (!key.choices.empty() && !is_choice(key.choices, text))
        return "must be one of " + std::string(key.choices);
      return std::nullopt;
    case KeyType::list:
      return std::nullopt;
  }
  return std::nullopt;
}

Settings::Settings() {
  for (const Key& key : keys())
    values_[std::string(key.name)] = {std::string(key.default_value), Origin::default_value};
}

Result<Settings> Settings::load(const Given& flags, const Environment& environment) {
  Settings settings;
  std::string problems;
  const auto complain = [&](const std::string& where, const std::string& what) {
    problems += (problems.empty() ? "" : "\n") + where + ": " + what;
  };
  const auto take = [&](const Key& key, const std::string& text, Origin origin,
                        const std::string& where) {
    if (const auto complaint = complaint_about(key, text))
      complain(where, "\"" + text + "\" " + *complaint);
    else
      settings.values_[std::string(key.name)] = {text, origin};
  };
  for (const Key& key : keys()) {
    const std::string name = environment_name(key.name);
    if (const auto text = environment(name)) take(key, *text, Origin::environment, name);
  }
  std::vector<std::string> known;
  for (const Key& key : keys()) known.emplace_back(key.name);
  for (const auto& [name, text] : flags) {
    if (const Key* key = find_key(name)) {
      // A list may be given bit by bit.
      const Value& before = settings.value(name);
      const bool adds = key->type == KeyType::list && before.origin == Origin::flag;
      take(*key, adds ? before.text + "," + text : text, Origin::flag, "--" + name);
    } else {
      const std::string near = nearest(name, known);
      complain("--" + name, near.empty() ? "there is no such setting"
                                         : "there is no such setting; did you mean " + near + "?");
    }
  }
  if (!problems.empty()) return fail(ErrorCode::invalid_argument, std::move(problems));
  return settings;
}

std::optional<std::string> Settings::process_environment(const std::string& name) {
  const char* text = std::getenv(name.c_str());
  return text ? std::optional<std::string>(text) : std::nullopt;
}

const Settings::Value& Settings::value(std::string_view key) const {
  static const Value kNone;
  const auto it = values_.find(key);
  return it == values_.end() ? kNone : it->second;
}

const std::string& Settings::text(std::string_view key) const {
  return value(key).text;
}

std::int64_t Settings::number(std::string_view key) const {
  return whole_number(value(key).text).value_or(0);
}

std::chrono::milliseconds Settings::duration(std::string_view key) const {
  std::chrono::milliseconds duration{};
  parse_duration(value(key).text, duration);
  return duration;
}

std::vector<std::string> Settings::list(std::string_view key) const {
  std::vector<std::string> items;
  std::string_view rest = value(key).text;
  while (!rest.empty()) {
    const auto comma = rest.find(',');
    if (comma != 0) items.emplace_back(rest.substr(0, comma));
    rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
  }
  return items;
}

Origin Settings::origin(std::string_view key) const {
  return value(key).origin;
}

}  // namespace goakt::config
