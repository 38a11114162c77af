#include "goakt/base/uuid.h"

namespace goakt {

namespace {

constexpr std::size_t kLength = 36;

constexpr bool is_dash_position(std::size_t i) {
  return i == 8 || i == 13 || i == 18 || i == 23;
}

constexpr int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::optional<Uuid> Uuid::parse(std::string_view text) noexcept {
  if (text.size() != kLength) return std::nullopt;
  std::uint64_t words[2] = {0, 0};
  int digits = 0;
  for (std::size_t i = 0; i < kLength; ++i) {
    if (is_dash_position(i)) {
      if (text[i] != '-') return std::nullopt;
      continue;
    }
    const int value = hex_value(text[i]);
    if (value < 0) return std::nullopt;
    auto& word = words[digits++ / 16];
    word = (word << 4) | static_cast<std::uint64_t>(value);
  }
  return Uuid(words[0], words[1]);
}

std::string Uuid::to_string() const {
  if (is_none()) return {};
  std::string text(kLength, '-');
  int digit = 0;
  for (std::size_t i = 0; i < kLength; ++i) {
    if (is_dash_position(i)) continue;
    const std::uint64_t word = digit < 16 ? high_ : low_;
    text[i] = "0123456789abcdef"[(word >> (60 - 4 * (digit % 16))) & 0xf];
    ++digit;
  }
  return text;
}

}  // namespace goakt
