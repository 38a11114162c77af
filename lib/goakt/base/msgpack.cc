#include "goakt/base/msgpack.h"

#include <array>
#include <limits>

namespace goakt::msgpack {

namespace {

constexpr std::size_t kMaxNesting = 64;

// Widens a big-endian two's complement number of `bytes` bytes.
Token signed_token(std::uint64_t value, std::size_t bytes) noexcept {
  const auto bits = static_cast<unsigned>(64 - 8 * bytes);
  const auto wide = static_cast<std::int64_t>(value << bits) >> bits;
  return {wide < 0 ? Type::negative : Type::positive, static_cast<std::uint64_t>(wide)};
}

}  // namespace

bool Reader::has(std::uint64_t bytes) noexcept {
  if (bytes <= input_.size() - at_) return true;
  needed_ = bytes > std::numeric_limits<std::size_t>::max() - at_
                ? std::numeric_limits<std::size_t>::max()
                : at_ + static_cast<std::size_t>(bytes);
  return false;
}

std::optional<std::uint64_t> Reader::big_endian(std::size_t bytes) noexcept {
  if (!has(bytes)) return std::nullopt;
  std::uint64_t value = 0;
  for (; bytes > 0; --bytes) value = value << 8 | static_cast<std::uint8_t>(input_[at_++]);
  return value;
}

std::optional<Token> Reader::blob(Type type, std::optional<std::uint64_t> length) noexcept {
  if (!length || !has(*length)) return std::nullopt;
  const auto bytes = input_.substr(at_, static_cast<std::size_t>(*length));
  at_ += bytes.size();
  return Token{type, 0, bytes};
}

// Each element is a byte at least: a count that cannot be true is found before anything is done
// with it.
std::optional<Token> Reader::container(Type type, std::optional<std::uint64_t> count) noexcept {
  if (!count || !has(type == Type::map ? *count * 2 : *count)) return std::nullopt;
  return Token{type, *count};
}

std::optional<Token> Reader::next() noexcept {
  needed_ = 0;
  const auto head = big_endian(1);
  if (!head) return std::nullopt;
  const auto byte = *head;
  if (byte <= 0x7f) return Token{Type::positive, byte};
  if (byte <= 0x8f) return container(Type::map, byte & 0x0f);
  if (byte <= 0x9f) return container(Type::array, byte & 0x0f);
  if (byte <= 0xbf) return blob(Type::bytes, byte & 0x1f);
  if (byte >= 0xe0) return signed_token(byte, 1);
  const auto width = [byte](std::uint64_t first) { return std::size_t{1} << (byte - first); };
  switch (byte) {
    case 0xc0:
      return Token{};
    case 0xc2:
    case 0xc3:
      return Token{Type::boolean, byte & 1};
    case 0xc4:
    case 0xc5:
    case 0xc6:
      return blob(Type::bytes, big_endian(width(0xc4)));
    case 0xc7:
    case 0xc8:
    case 0xc9: {
      const auto length = big_endian(width(0xc7));
      if (!length) return std::nullopt;
      return blob(Type::extension, *length + 1);
    }
    case 0xca:
    case 0xcb: {
      const auto bits = big_endian(width(0xca) * 4);
      if (!bits) return std::nullopt;
      return Token{Type::real, *bits};
    }
    case 0xcc:
    case 0xcd:
    case 0xce:
    case 0xcf: {
      const auto value = big_endian(width(0xcc));
      if (!value) return std::nullopt;
      return Token{Type::positive, *value};
    }
    case 0xd0:
    case 0xd1:
    case 0xd2:
    case 0xd3: {
      const auto value = big_endian(width(0xd0));
      if (!value) return std::nullopt;
      return signed_token(*value, width(0xd0));
    }
    case 0xd4:
    case 0xd5:
    case 0xd6:
    case 0xd7:
    case 0xd8:
      return blob(Type::extension, 1 + width(0xd4));
    case 0xd9:
    case 0xda:
    case 0xdb:
      return blob(Type::bytes, big_endian(width(0xd9)));
    case 0xdc:
    case 0xdd:
      return container(Type::array, big_endian(width(0xdc) * 2));
    case 0xde:
    case 0xdf:
      return container(Type::map, big_endian(width(0xde) * 2));
    default:  // c1 means nothing
      return std::nullopt;
  }
}

bool Reader::skip() noexcept {
  std::array<std::uint64_t, kMaxNesting> left{};  // values still to pass on each level
  std::size_t level = 0;
  left[0] = 1;
  for (;;) {
    while (left[level] == 0) {
      if (level == 0) return true;
      --level;
    }
    --left[level];
    const auto token = next();
    if (!token) return false;
    if (token->type != Type::array && token->type != Type::map) continue;
    if (++level == kMaxNesting) return false;
    left[level] = token->type == Type::map ? token->number * 2 : token->number;
  }
}

void Writer::head(std::uint8_t byte, std::uint64_t value, std::size_t bytes) {
  out_.push_back(static_cast<char>(byte));
  for (; bytes > 0; --bytes) out_.push_back(static_cast<char>(value >> (8 * (bytes - 1))));
}

void Writer::nil() {
  head(0xc0, 0, 0);
}

void Writer::boolean(bool value) {
  head(value ? 0xc3 : 0xc2, 0, 0);
}

void Writer::map(std::uint32_t count) {
  if (count < 16) return head(static_cast<std::uint8_t>(0x80 | count), 0, 0);
  count <= 0xffff ? head(0xde, count, 2) : head(0xdf, count, 4);
}

void Writer::array(std::uint32_t count) {
  if (count < 16) return head(static_cast<std::uint8_t>(0x90 | count), 0, 0);
  count <= 0xffff ? head(0xdc, count, 2) : head(0xdd, count, 4);
}

void Writer::raw(std::string_view bytes) {
  const auto length = bytes.size();
  if (length < 32)
    head(static_cast<std::uint8_t>(0xa0 | length), 0, 0);
  else if (length <= 0xffff)
    head(0xda, length, 2);
  else
    head(0xdb, length, 4);
  out_.append(bytes);
}

void Writer::number(std::uint64_t value) {
  if (value <= 0x7f) return head(static_cast<std::uint8_t>(value), 0, 0);
  if (value <= 0xff) return head(0xcc, value, 1);
  if (value <= 0xffff) return head(0xcd, value, 2);
  value <= 0xffffffff ? head(0xce, value, 4) : head(0xcf, value, 8);
}

void Writer::signed_number(std::int64_t value) {
  const auto bits = static_cast<std::uint64_t>(value);
  if (value >= -32 && value <= 127) return head(static_cast<std::uint8_t>(bits), 0, 0);
  if (value >= -128 && value <= 127) return head(0xd0, bits, 1);
  if (value >= INT16_MIN && value <= INT16_MAX) return head(0xd1, bits, 2);
  value >= INT32_MIN&& value <= INT32_MAX ? head(0xd2, bits, 4) : head(0xd3, bits, 8);
}

}  // namespace goakt::msgpack
