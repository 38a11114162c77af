#include "goakt/gossip/lzw.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

namespace goakt::gossip::lzw {

namespace {

constexpr std::uint32_t kClear = 256;
constexpr std::uint32_t kEnd = 257;
constexpr unsigned kFirstWidth = 9;
constexpr unsigned kLastWidth = 12;
constexpr std::uint32_t kCodes = 1u << kLastWidth;
constexpr std::uint32_t kNone = kCodes;

class BitWriter {
 public:
  explicit BitWriter(std::string& out) : out_(out) {}

  void put(std::uint32_t code, unsigned width) {
    bits_ |= code << count_;
    for (count_ += width; count_ >= 8; count_ -= 8, bits_ >>= 8)
      out_.push_back(static_cast<char>(bits_));
  }

  void flush() {
    if (count_ > 0) out_.push_back(static_cast<char>(bits_));
  }

 private:
  std::string& out_;
  std::uint32_t bits_ = 0;
  unsigned count_ = 0;
};

class BitReader {
 public:
  explicit BitReader(std::string_view input) : input_(input) {}

  std::optional<std::uint32_t> take(unsigned width) {
    for (; count_ < width; count_ += 8) {
      if (at_ == input_.size()) return std::nullopt;
      bits_ |= std::uint32_t{static_cast<std::uint8_t>(input_[at_++])} << count_;
    }
    const auto code = bits_ & ((1u << width) - 1);
    bits_ >>= width;
    count_ -= width;
    return code;
  }

 private:
  std::string_view input_;
  std::size_t at_ = 0;
  std::uint32_t bits_ = 0;
  unsigned count_ = 0;
};

// (prefix code, next byte) -> code: open addressing, at most half full.
class Dictionary {
 public:
  void clear() { slots_.fill(0); }

  // The code of the pair; 0 if it has none yet, to be written by the caller.
  std::uint32_t* slot(std::uint32_t prefix, std::uint8_t byte) {
    const auto key = (prefix << 8 | byte) + 1;
    for (auto at = (key * 2654435761u) >> (32 - kBits);; at = (at + 1) % kSlots) {
      auto& slot = slots_[at];
      if (slot == 0) {
        keys_[at] = key;
        return &slot;
      }
      if (keys_[at] == key) return &slot;
    }
  }

 private:
  static constexpr unsigned kBits = kLastWidth + 1;
  static constexpr std::size_t kSlots = std::size_t{1} << kBits;
  std::array<std::uint32_t, kSlots> keys_{};
  std::array<std::uint32_t, kSlots> slots_{};
};

}  // namespace

std::string compress(std::string_view input) {
  std::string out;
  BitWriter bits(out);
  unsigned width = kFirstWidth;
  std::uint32_t high = kEnd;
  bits.put(kClear, width);

  if (!input.empty()) {
    Dictionary dictionary;
    // Counts a code that was sent; true when that fills the table and everything starts anew.
    const auto bump = [&] {
      if (++high == 1u << width) ++width;
      if (high != kCodes - 1) return false;
      bits.put(kClear, kLastWidth);
      width = kFirstWidth;
      high = kEnd;
      dictionary.clear();
      return true;
    };
    std::uint32_t code = static_cast<std::uint8_t>(input[0]);
    for (const char c : input.substr(1)) {
      const auto byte = static_cast<std::uint8_t>(c);
      if (const auto known = *dictionary.slot(code, byte); known != 0) {
        code = known;
        continue;
      }
      bits.put(code, width);
      if (!bump()) *dictionary.slot(code, byte) = high;
      code = byte;
    }
    bits.put(code, width);
    bump();
  }
  bits.put(kEnd, width);
  bits.flush();
  return out;
}

std::optional<std::string> expand(std::string_view input, std::size_t limit) {
  // A string of the table is its prefix and one more byte; lengths tell where to write it.
  struct Entry {
    std::uint32_t prefix;
    std::uint32_t length;
    std::uint8_t last;
    std::uint8_t first;
  };

  std::vector<Entry> table(kCodes);
  for (std::uint32_t i = 0; i < kClear; ++i)
    table[i] = {kNone, 1, static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(i)};

  BitReader bits(input);
  std::string out;
  unsigned width = kFirstWidth;
  std::uint32_t high = kEnd;
  std::uint32_t last = kNone;
  for (;;) {
    const auto code = bits.take(width);
    if (!code) return std::nullopt;
    if (*code == kEnd) return out;
    if (*code == kClear) {
      width = kFirstWidth;
      high = kEnd;
      last = kNone;
      continue;
    }
    if (*code > high) return std::nullopt;
    if (last != kNone) {
      const auto first = table[*code == high ? last : *code].first;
      table[high] = {last, table[last].length + 1, first, table[last].first};
    }

    const std::size_t length = table[*code].length;
    if (length > limit - out.size()) return std::nullopt;
    out.resize(out.size() + length);
    auto at = out.rbegin();
    for (auto walk = *code; walk != kNone; walk = table[walk].prefix)
      *at++ = static_cast<char>(table[walk].last);

    last = *code;
    if (++high < 1u << width) continue;
    if (width < kLastWidth) {
      ++width;
    } else {
      last = kNone;  // the table is full and stays as it is
      --high;
    }
  }
}

}  // namespace goakt::gossip::lzw
