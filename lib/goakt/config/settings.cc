#include "goakt/config/settings.h"

#include "goakt/base/text.h"

#include <cstdlib>

namespace goakt::config {

std::string_view to_string(Origin origin) noexcept {
  switch (origin) {
    case Origin::default_value:
      return "default";
    case Origin::file:
      return "file";
    case Origin::environment:
      return "environment";
    case Origin::flag:
      return "flag";
  }
  return "";
}

std::string to_text(const std::vector<Finding>& findings) {
  std::string all;
  for (const Finding& finding : findings) {
    all += all.empty() ? "" : "\n";
    all += finding.place.empty() ? finding.text : finding.place + ": " + finding.text;
  }
  return all;
}

Settings::Settings() {
  for (const Key& key : keys()) values_[std::string(key.name)] = {std::string(key.default_value)};
}

Result<Settings> Settings::load(const Given& flags, const Environment& environment) {
  return load(Sources{.flags = flags, .environment = environment});
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
  return parse_size(value(key).text).value_or(0);
}

double Settings::real(std::string_view key) const {
  return std::strtod(value(key).text.c_str(), nullptr);
}

bool Settings::flag(std::string_view key) const {
  return value(key).text == "true";
}

std::chrono::milliseconds Settings::duration(std::string_view key) const {
  std::chrono::milliseconds duration{};
  if (!parse_duration(value(key).text, duration)) return {};
  return duration;
}

std::vector<std::string> Settings::list(std::string_view key) const {
  return parse_list(value(key).text);
}

std::vector<std::pair<std::string, std::string>> Settings::map(std::string_view key) const {
  return parse_map(value(key).text).value_or(std::vector<std::pair<std::string, std::string>>());
}

Origin Settings::origin(std::string_view key) const {
  return value(key).origin;
}

const std::string& Settings::place(std::string_view key) const {
  return value(key).place;
}

Finding Settings::finding(std::string_view key, const std::string& text) const {
  const std::string name(key);
  const std::string& said = place(key);
  if (said.empty() || said == "--" + name) return {said.empty() ? name : said, text};
  return {said, name + ": " + text};
}

void Settings::keep(std::string_view key, const Settings& other) {
  values_[std::string(key)] = other.value(key);
}

}  // namespace goakt::config
