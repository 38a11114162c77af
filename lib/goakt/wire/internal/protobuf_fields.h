#pragma once

#include "goakt/wire/internal/letters.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

// Reads protobuf's encoding without objects: the hot messages.
namespace goakt::wire::internal {

enum class WireType : std::uint32_t { varint, fixed64, bytes, group, end_group, fixed32 };

constexpr std::uint32_t tag(int field, WireType type) {
  return static_cast<std::uint32_t>(field) << 3 | static_cast<std::uint32_t>(type);
}

constexpr WireType type_of(std::uint32_t tag) {
  return static_cast<WireType>(tag & 7);
}

constexpr std::uint32_t bytes_tag(int field) {
  return tag(field, WireType::bytes);
}

constexpr std::uint32_t number_tag(int field) {
  return tag(field, WireType::varint);
}

constexpr int kDeepest = 100;  // messages and groups within each other

// Both read what begins at `at` and return its end; null when it is broken. Bits beyond the largest
// number are dropped.
const char* read_long_varint(const char* at, const char* end, int most, std::uint64_t& out);
const char* skip_field(const char* at, const char* end, int depth, std::uint32_t tag);

// The fields of one protobuf message, one after the other, without copies. Accepts exactly what the
// classes that protoc makes accept. What a field handler does not know it leaves to skip().
//
// All that is long lies outside and gets no pointer to it, so that it lives in registers.
class Fields {
 public:
  explicit Fields(std::string_view bytes) : Fields(bytes.data(), bytes.data() + bytes.size(), 0) {}

  Fields(const char* at, const char* end, int depth) : at_(at), end_(end), depth_(depth) {}

  // Calls on_field(tag) for each; false when the bytes are no message or a handler says so.
  template <class OnField>
  [[gnu::always_inline]] bool each(OnField&& on_field) {
    while (at_ != end_) {
      std::uint32_t tag;
      if (!read_tag(tag) || !on_field(tag)) return false;
    }
    return true;
  }

  bool skip(std::uint32_t tag) {
    at_ = skip_field(at_, end_, depth_, tag);
    return at_ != nullptr;
  }

  [[gnu::always_inline]] bool read(std::string_view& out) {
    std::uint64_t length;
    if (!read_varint(length, 5) || length > size()) return false;
    out = {at_, length};
    at_ += length;
    return true;
  }

  [[gnu::always_inline]] bool read_text(std::string_view& out) { return read(out) && is_utf8(out); }

  bool read(std::uint64_t& out) { return read_varint(out, 10); }

  // A field that is a message: what `parse` makes of its fields.
  template <class Parse>
  [[gnu::always_inline]] bool read_message(Parse&& parse) {
    std::string_view message;
    return read(message) && depth_ < kDeepest &&
           parse(Fields(message.data(), message.data() + message.size(), depth_ + 1));
  }

  [[gnu::always_inline]] bool read_tag(std::uint32_t& out) {
    std::uint64_t number;
    if (!read_varint(number, 5)) return false;
    out = static_cast<std::uint32_t>(number);
    return true;
  }

  bool advance(std::size_t count) {
    if (count > size()) return false;
    at_ += count;
    return true;
  }

  const char* at() const { return at_; }

  // What has not been read yet.
  std::size_t size() const { return static_cast<std::size_t>(end_ - at_); }

 private:
  [[gnu::always_inline]] bool read_varint(std::uint64_t& out, int most) {
    if (at_ == end_) return false;
    out = static_cast<unsigned char>(*at_);
    if (out < 0x80) {
      ++at_;
      return true;
    }
    if (size() > 1 && at_[1] >= 0) {
      out = (out & 0x7f) | static_cast<std::uint64_t>(at_[1]) << 7;
      at_ += 2;
      return true;
    }
    std::uint64_t number;
    const char* const end = read_long_varint(at_, end_, most, number);
    if (end == nullptr) return false;
    at_ = end;
    out = number;
    return true;
  }

  const char* at_;
  const char* end_;
  int depth_;
};

}  // namespace goakt::wire::internal
