#include "goakt/config/values.h"

#include "goakt/base/text.h"

#include <algorithm>
#include <arpa/inet.h>
#include <cctype>
#include <charconv>
#include <chrono>

namespace goakt::config {

namespace {

bool is_choice(const Key& key, std::string_view text) {
  const auto choices = choices_of(key);
  return std::find(choices.begin(), choices.end(), text) != choices.end();
}

bool is_system_name(std::string_view text) {
  const auto is_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
  return !text.empty() && text.size() <= 255 && is_word(text.front()) &&
         std::all_of(text.begin(), text.end(),
                     [&](char c) { return is_word(c) || c == '-' || c == '_'; });
}

bool is_ip(const std::string& text) {
  in6_addr address{};
  return ::inet_pton(AF_INET, text.c_str(), &address) == 1 ||
         ::inet_pton(AF_INET6, text.c_str(), &address) == 1;
}

bool is_host_port(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  const auto port = parse_whole_number(text.substr(colon + 1));
  return port && *port >= 0 && *port <= 65535;
}

// "a number of X, Y or Z" with the words that are good too.
std::string or_a_word(const Key& key, std::string text) {
  for (const std::string& word : choices_of(key)) text += ", or " + word;
  return text;
}

std::optional<std::string> complaint_about_text(const Key& key, const std::string& text) {
  if (!key.choices.empty() && !is_choice(key, text)) {
    const std::string near = nearest(text, choices_of(key));
    return "must be one of " + std::string(key.choices) +
           (near.empty() ? "" : "; did you mean " + near + "?");
  }
  switch (key.form) {
    case Form::system_name:
      if (is_system_name(text)) return std::nullopt;
      return "must be letters, digits, '-' and '_', beginning with a letter or digit";
    case Form::ip:
      if (is_ip(text)) return std::nullopt;
      return "must be an IP address, not a name";
    case Form::host_port:
      if (text.empty() || is_host_port(text)) return std::nullopt;
      return "must be an address such as 127.0.0.1:4258";
    case Form::any:
      return std::nullopt;
  }
  return std::nullopt;
}

std::optional<std::string> complaint_about_range(const Key& key, std::optional<std::int64_t> number,
                                                 const std::string& what) {
  if (number && *number >= key.min && *number <= key.max) return std::nullopt;
  return or_a_word(key, "must be " + what + " from " + std::to_string(key.min) + " to " +
                            std::to_string(key.max));
}

}  // namespace

std::optional<std::string> complaint_about(const Key& key, const std::string& text) {
  if (text.empty() && key.default_value.empty()) return std::nullopt;
  if (text.find('\0') != std::string::npos) return "must not hold a zero byte";
  if (key.type == KeyType::text) return complaint_about_text(key, text);
  if (!key.choices.empty() && is_choice(key, text)) return std::nullopt;
  std::chrono::milliseconds duration{};
  switch (key.type) {
    case KeyType::text:
      break;
    case KeyType::number:
      return complaint_about_range(key, parse_whole_number(text), "a whole number");
    case KeyType::size:
      return complaint_about_range(key, parse_size(text), "a size such as 64KiB or 16MiB");
    case KeyType::real: {
      double number = 0;
      const char* const end = text.data() + text.size();
      const auto parsed = std::from_chars(text.data(), end, number, std::chars_format::fixed);
      if (parsed.ec == std::errc() && parsed.ptr == end && number >= static_cast<double>(key.min) &&
          number <= static_cast<double>(key.max))
        return std::nullopt;
      return "must be a number from " + std::to_string(key.min) + " to " + std::to_string(key.max);
    }
    case KeyType::duration:
      if (parse_duration(text, duration) && duration.count() > 0) return std::nullopt;
      return or_a_word(key, "must be a duration such as 250ms, 5s, 2m or 1h30m");
    case KeyType::flag:
      if (text == "true" || text == "false") return std::nullopt;
      return "must be true or false";
    case KeyType::list:
      return std::nullopt;
    case KeyType::map:
      if (parse_map(text)) return std::nullopt;
      return "must be name=value,name=value";
  }
  return std::nullopt;
}

std::optional<std::int64_t> parse_whole_number(std::string_view text) {
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return number;
}

std::optional<std::int64_t> parse_size(std::string_view text) {
  struct Unit {
    std::string_view name;
    int shift;
  };

  for (const Unit& unit : {Unit{"KiB", 10}, Unit{"MiB", 20}, Unit{"GiB", 30}, Unit{"TiB", 40}}) {
    if (!text.ends_with(unit.name)) continue;
    const auto number = parse_whole_number(text.substr(0, text.size() - unit.name.size()));
    if (!number || *number < 0 || *number > (INT64_MAX >> unit.shift)) return std::nullopt;
    return *number << unit.shift;
  }
  return parse_whole_number(text.ends_with('B') ? text.substr(0, text.size() - 1) : text);
}

std::vector<std::string> parse_list(std::string_view text) {
  std::vector<std::string> items;
  while (!text.empty()) {
    const auto comma = text.find(',');
    if (comma != 0) items.emplace_back(text.substr(0, comma));
    text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
  }
  return items;
}

std::optional<std::vector<std::pair<std::string, std::string>>> parse_map(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> map;
  for (const std::string& item : parse_list(text)) {
    const auto equals = item.find('=');
    if (equals == std::string::npos || equals == 0) return std::nullopt;
    map.emplace_back(item.substr(0, equals), item.substr(equals + 1));
  }
  return map;
}

std::vector<std::string> choices_of(const Key& key) {
  std::vector<std::string> words;
  std::string_view rest = key.choices;
  while (!rest.empty()) {
    const auto bar = rest.find('|');
    words.emplace_back(rest.substr(0, bar));
    rest.remove_prefix(bar == std::string_view::npos ? rest.size() : bar + 1);
  }
  return words;
}

std::optional<std::string> expand(std::string& text, const Environment& environment) {
  std::string expanded;
  for (std::size_t at = 0; at < text.size();) {
    const auto dollar = std::min(text.find('$', at), text.size());
    expanded.append(text, at, dollar - at);
    at = dollar;
    if (at == text.size()) break;
    const char next = at + 1 < text.size() ? text[at + 1] : '\0';
    if (next == '$') {
      expanded += '$';
      at += 2;
      continue;
    }
    if (next != '{') {  // a price, a pattern
      expanded += '$';
      ++at;
      continue;
    }
    const auto end = text.find('}', at);
    if (end == std::string::npos) return "has ${ without }; $$ stands for a single $";
    const std::string inside = text.substr(at + 2, end - at - 2);
    const auto otherwise = inside.find(":-");
    const std::string name = inside.substr(0, otherwise);
    if (name.empty()) return "has ${} without a name";
    const auto value = environment(name);
    if (value && !(value->empty() && otherwise != std::string::npos))
      expanded += *value;
    else if (otherwise != std::string::npos)
      expanded += inside.substr(otherwise + 2);
    else
      return "needs the variable " + name + ", which is not set; ${" + name +
             ":-x} stands for x then";
    at = end + 1;
  }
  text = std::move(expanded);
  return std::nullopt;
}

}  // namespace goakt::config
