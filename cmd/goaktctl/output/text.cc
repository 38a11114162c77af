#include "output/text.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <vector>

namespace goaktctl {

namespace {

struct Character {
  std::size_t begin;
  std::size_t size;
  std::size_t width;
};

bool is_wide(char32_t c) {
  return (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) ||
         (c >= 0xAC00 && c <= 0xD7A3) || (c >= 0xF900 && c <= 0xFAFF) ||
         (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) ||
         (c >= 0x1F300 && c <= 0x1FAFF);
}

bool is_combining(char32_t c) {
  return (c >= 0x300 && c <= 0x36F) || (c >= 0x200B && c <= 0x200F) || (c >= 0xFE00 && c <= 0xFE0F);
}

std::vector<Character> characters(std::string_view text) {
  std::vector<Character> all;
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    std::size_t size = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    size = std::min(size, text.size() - i);
    char32_t code = size == 1 ? lead : lead & (0xFFU >> (size + 1));
    for (std::size_t k = 1; k < size; ++k)
      code = code << 6 | (static_cast<unsigned char>(text[i + k]) & 0x3F);
    all.push_back({i, size, is_combining(code) ? 0U : is_wide(code) ? 2U : 1U});
    i += size;
  }
  return all;
}

}  // namespace

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  for (const Character& c : characters(text)) width += c.width;
  return width;
}

std::string cut_middle(std::string_view text, std::size_t width) {
  if (display_width(text) <= width) return std::string(text);
  if (width == 0) return {};
  const auto all = characters(text);
  const std::size_t tail_width = (width - 1) / 2;
  const std::size_t head_width = width - 1 - tail_width;
  std::size_t head = 0;
  for (std::size_t used = 0; head < all.size() && used + all[head].width <= head_width; ++head)
    used += all[head].width;
  std::size_t tail = all.size();
  for (std::size_t used = 0; tail > head && used + all[tail - 1].width <= tail_width; --tail)
    used += all[tail - 1].width;
  const std::size_t head_end = head < all.size() ? all[head].begin : text.size();
  const std::size_t tail_begin = tail < all.size() ? all[tail].begin : text.size();
  return std::string(text.substr(0, head_end)) + "…" + std::string(text.substr(tail_begin));
}

std::string printable(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F) c = '?';
  }
  // U+0080 to U+009F steer terminals too.
  for (std::size_t i = 0; i + 1 < out.size(); ++i) {
    if (out[i] == '\xC2' && static_cast<unsigned char>(out[i + 1]) < 0xA0) {
      out[i] = '?';
      out.erase(i + 1, 1);
    }
  }
  return out;
}

std::string with_thousands(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, " ");
  return digits;
}

std::string short_duration(double seconds) {
  if (!(seconds >= 0) || seconds > 1e11) return "-";
  char text[48];
  const auto whole = static_cast<long long>(seconds);
  if (whole >= 86'400)
    std::snprintf(text, sizeof text, "%lldd%lldh", whole / 86'400, whole % 86'400 / 3'600);
  else if (whole >= 3'600)
    std::snprintf(text, sizeof text, "%lldh%lldm", whole / 3'600, whole % 3'600 / 60);
  else if (whole >= 60)
    std::snprintf(text, sizeof text, "%lldm%llds", whole / 60, whole % 60);
  else if (whole >= 10)
    std::snprintf(text, sizeof text, "%llds", whole);
  else if (seconds >= 1)
    std::snprintf(text, sizeof text, "%.1fs", seconds);
  else if (seconds >= 1e-3)
    std::snprintf(text, sizeof text, "%.1fms", seconds * 1e3);
  else
    std::snprintf(text, sizeof text, "%.0fus", seconds * 1e6);
  return text;
}

std::string fine_duration(double seconds) {
  char text[48];
  if (seconds >= 1) return short_duration(seconds);
  if (seconds >= 1e-3)
    std::snprintf(text, sizeof text, "%.2fms", seconds * 1e3);
  else if (seconds >= 1e-6)
    std::snprintf(text, sizeof text, "%.1fus", seconds * 1e6);
  else
    std::snprintf(text, sizeof text, "%.0fns", std::max(seconds, 0.0) * 1e9);
  return text;
}

std::string short_number(double number) {
  if (!std::isfinite(number)) return "-";
  if (number < 0) return "-" + short_number(-number);
  if (number >= 1000)
    return with_thousands(static_cast<std::uint64_t>(std::min(number, 1e18) + 0.5));
  char text[32];
  if (number == std::floor(number))
    std::snprintf(text, sizeof text, "%.0f", number);
  else
    std::snprintf(text, sizeof text, number >= 10 ? "%.1f" : "%.2f", number);
  return text;
}

std::optional<std::chrono::system_clock::time_point> parse_time(std::string_view text) {
  std::tm parts{};
  int used = 0;
  const std::string copy(text);
  if (std::sscanf(copy.c_str(), "%4d-%2d-%2dT%2d:%2d:%2d%n", &parts.tm_year, &parts.tm_mon,
                  &parts.tm_mday, &parts.tm_hour, &parts.tm_min, &parts.tm_sec, &used) != 6)
    return std::nullopt;
  parts.tm_year -= 1900;
  parts.tm_mon -= 1;
  double fraction = 0;
  std::string_view rest = text.substr(static_cast<std::size_t>(used));
  if (rest.starts_with('.')) {
    double scale = 0.1;
    for (rest.remove_prefix(1); !rest.empty() && std::isdigit(static_cast<unsigned char>(rest[0]));
         rest.remove_prefix(1), scale /= 10)
      fraction += scale * (rest[0] - '0');
  }
  if (rest != "Z") return std::nullopt;
  return std::chrono::system_clock::from_time_t(::timegm(&parts)) +
         std::chrono::milliseconds(std::llround(fraction * 1000));
}

std::string format_time(std::chrono::system_clock::time_point time) {
  const auto since = time.time_since_epoch();
  const auto whole = std::chrono::floor<std::chrono::seconds>(since);
  const std::time_t clock = static_cast<std::time_t>(whole.count());
  std::tm parts{};
  ::gmtime_r(&clock, &parts);
  char text[40];
  const std::size_t size = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
  std::snprintf(text + size, sizeof text - size, ".%03dZ",
                static_cast<int>(
                    std::chrono::duration_cast<std::chrono::milliseconds>(since - whole).count()));
  return text;
}

std::vector<std::string> split_commas(std::string_view list) {
  std::vector<std::string> words;
  while (!list.empty()) {
    const auto comma = list.find(',');
    if (comma != 0) words.emplace_back(list.substr(0, comma));
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
  }
  return words;
}

bool same_word(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) ==
           std::tolower(static_cast<unsigned char>(y));
  });
}

}  // namespace goaktctl
