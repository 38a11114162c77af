#include "goakt/base/text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <numeric>

namespace goakt {

bool parse_duration(const std::string& text, std::chrono::milliseconds& out) {
  struct Unit {
    std::string_view name;
    double milliseconds;
  };

  constexpr Unit kUnits[] = {{"ms", 1}, {"s", 1e3}, {"m", 60e3}, {"h", 3600e3}, {"d", 86400e3}};

  const char* at = text.data();
  const char* const end = at + text.size();
  double total = 0;
  if (at == end) return false;
  while (at != end) {
    double number = 0;
    const auto parsed = std::from_chars(at, end, number, std::chars_format::fixed);
    if (parsed.ec != std::errc() || number < 0) return false;
    const char* const letters = parsed.ptr;
    const char* next = letters;
    while (next != end && *next >= 'a' && *next <= 'z') ++next;
    const std::string_view name(letters, static_cast<std::size_t>(next - letters));
    double factor = 0;
    for (const Unit& unit : kUnits)
      if (unit.name == name) factor = unit.milliseconds;
    if (name.empty() && at == text.data() && next == end) factor = 1e3;  // a plain number
    if (factor == 0) return false;
    total += number * factor;
    at = next;
  }
  if (!(total <= 1e15)) return false;  // not a number is none either
  out = std::chrono::milliseconds(std::llround(total));
  return true;
}

std::string nearest(const std::string& word, const std::vector<std::string>& known) {
  std::string best;
  std::size_t best_distance = 3;
  for (const std::string& candidate : known) {
    std::vector<std::size_t> row(candidate.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < word.size(); ++i) {
      std::size_t diagonal = row[0];
      row[0] = i + 1;
      for (std::size_t j = 0; j < candidate.size(); ++j) {
        const std::size_t swap = diagonal + (word[i] == candidate[j] ? 0 : 1);
        diagonal = row[j + 1];
        row[j + 1] = std::min({swap, row[j] + 1, row[j + 1] + 1});
      }
    }
    if (row.back() < best_distance) {
      best_distance = row.back();
      best = candidate;
    }
  }
  // Half of a short word replaced is another word, not a mistake.
  return best_distance * 2 < word.size() + 1 ? best : std::string();
}

namespace {

constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::string_view kHex = "0123456789abcdef";

unsigned char byte_at(std::string_view bytes, std::size_t i) {
  return static_cast<unsigned char>(bytes[i]);
}

// -1: no hexadecimal digit.
int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::string base64_encode(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k)
      group = group << 8 | (i + k < bytes.size() ? byte_at(bytes, i + k) : 0U);
    for (std::size_t k = 0; k < 4; ++k)
      text += i + k <= bytes.size() ? kBase64[group >> (18 - 6 * k) & 63] : '=';
  }
  return text;
}

std::optional<std::string> base64_decode(std::string_view text) {
  const std::string_view padded = text;
  while (text.ends_with('=')) text.remove_suffix(1);
  const std::size_t padding = padded.size() - text.size();
  if (text.size() % 4 == 1 || (padding != 0 && (padding > 2 || padded.size() % 4 != 0)))
    return std::nullopt;
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3 + 2);
  std::uint32_t group = 0;
  std::uint32_t bits = 0;
  for (const char c : text) {
    const auto value = kBase64.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    group = group << 6 | static_cast<std::uint32_t>(value);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push_back(static_cast<char>(group >> bits & 0xFF));
  }
  return bytes;
}

std::string hex_encode(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size() * 2);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    text += kHex[byte_at(bytes, i) >> 4];
    text += kHex[byte_at(bytes, i) & 15];
  }
  return text;
}

std::optional<std::string> hex_decode(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = hex_value(text[i]);
    const int low = hex_value(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes.push_back(static_cast<char>(high * 16 + low));
  }
  return bytes;
}

}  // namespace goakt
