#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>
#include <string_view>

// What the anchors of remoting work on: an actor's message as remoting sends it, in batches, and
// the least work that writing and reading one can be.
namespace goakt::bench {

inline constexpr std::size_t kBatch = 256;
inline constexpr std::size_t kPayloadSize = 64;

struct Record {
  std::string_view sender;
  std::string_view receiver;
  std::string_view payload;
};

inline constexpr std::string_view kRecordSender = "goakt://bench@127.0.0.1:9000/senders";
inline constexpr std::string_view kRecordReceiver = "goakt://bench@127.0.0.1:9001/receiver-01";
static_assert(kRecordSender.size() == 36 && kRecordReceiver.size() == 40);

// A batch of records that differ in their payloads: random bytes, always the same ones.
class Records {
 public:
  Records() {
    std::minstd_rand random(1);
    for (char& byte : payloads_) byte = static_cast<char>(random() >> 8);
  }

  Record operator[](std::size_t index) const {
    return {kRecordSender, kRecordReceiver, {&payloads_[index * kPayloadSize], kPayloadSize}};
  }

 private:
  std::array<char, kBatch * kPayloadSize> payloads_;
};

// Protobuf's layout of a record within a batch, written and read by code for this one message. It
// checks lengths and nothing else.
namespace hand {

inline constexpr char kRecordTag = 0x0A;  // field 1 of a batch
inline constexpr std::array<char, 3> kFieldTags{0x0A, 0x12, 0x1A};

constexpr std::size_t varint_size(std::size_t value) {
  return value < 0x80 ? 1 : 1 + varint_size(value >> 7);
}

constexpr std::size_t field_size(std::size_t length) {
  return 1 + varint_size(length) + length;
}

inline constexpr std::size_t kRecordSize =
    field_size(field_size(kRecordSender.size()) + field_size(kRecordReceiver.size()) +
               field_size(kPayloadSize));

inline char* put_varint(char* to, std::size_t value) {
  for (; value >= 0x80; value >>= 7) *to++ = static_cast<char>(value | 0x80);
  *to++ = static_cast<char>(value);
  return to;
}

inline char* put_field(char* to, char tag, std::string_view bytes) {
  *to++ = tag;
  to = put_varint(to, bytes.size());
  std::memcpy(to, bytes.data(), bytes.size());
  return to + bytes.size();
}

inline char* put_record(char* to, const Record& record) {
  *to++ = kRecordTag;
  to = put_varint(to, field_size(record.sender.size()) + field_size(record.receiver.size()) +
                          field_size(record.payload.size()));
  to = put_field(to, kFieldTags[0], record.sender);
  to = put_field(to, kFieldTags[1], record.receiver);
  return put_field(to, kFieldTags[2], record.payload);
}

// Takes a field off the front; false when its tag is another one or it is not all there.
inline bool take_field(std::string_view& from, char tag, std::string_view& field) {
  if (from.size() < 2 || from[0] != tag) return false;
  std::size_t length = 0;
  std::size_t at = 1;
  for (unsigned shift = 0;; shift += 7) {
    if (at == from.size() || shift > 28) return false;
    const auto byte = static_cast<unsigned char>(from[at++]);
    length |= static_cast<std::size_t>(byte & 0x7F) << shift;
    if (byte < 0x80) break;
  }
  if (from.size() - at < length) return false;
  field = from.substr(at, length);
  from.remove_prefix(at + length);
  return true;
}

inline bool take_record(std::string_view& from, Record& record) {
  std::string_view fields;
  return take_field(from, kRecordTag, fields) && take_field(fields, kFieldTags[0], record.sender) &&
         take_field(fields, kFieldTags[1], record.receiver) &&
         take_field(fields, kFieldTags[2], record.payload);
}

}  // namespace hand

}  // namespace goakt::bench
