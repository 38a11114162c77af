#include "goakt/wire/batch.h"

#include "goakt/wire/big_endian.h"
#include "goakt/wire/durations.h"
#include "goakt/wire/payload.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/stubs/common.h>
#include <google/protobuf/wire_format_lite.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <string>
#include <utility>

namespace goakt::wire {

namespace {

using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;
using google::protobuf::io::CodedOutputStream;

constexpr std::uint32_t tag(int field, WireFormatLite::WireType type) {
  return static_cast<std::uint32_t>(field) << 3 | static_cast<std::uint32_t>(type);
}

constexpr std::uint32_t bytes_tag(int field) {
  return tag(field, WireFormatLite::WIRETYPE_LENGTH_DELIMITED);
}

constexpr std::uint32_t number_tag(int field) {
  return tag(field, WireFormatLite::WIRETYPE_VARINT);
}

constexpr std::size_t kMostBytes = std::numeric_limits<int>::max();

bool is_utf8(std::string_view text) {
  // Addresses are ASCII, as a rule.
  std::uint64_t bits = 0;
  std::size_t i = 0;
  for (; i + sizeof bits <= text.size(); i += sizeof bits) {
    std::uint64_t word;
    std::memcpy(&word, text.data() + i, sizeof word);
    bits |= word;
  }
  for (; i < text.size(); ++i) bits |= static_cast<unsigned char>(text[i]);
  if ((bits & 0x8080'8080'8080'8080) == 0) return true;
  return google::protobuf::internal::IsStructurallyValidUTF8(text.data(),
                                                             static_cast<int>(text.size()));
}

// The fields of one protobuf message, one after the other, without copies. What a field handler
// does not know it leaves to skip(), as protobuf's own classes do. Tags and lengths of one or two
// bytes are read here; whatever is longer is rare, and left to protobuf.
class Fields {
 public:
  // Frames are far below the 2 GiB that protobuf's lengths reach.
  explicit Fields(std::string_view bytes)
      : at_(bytes.data()), end_(bytes.data() + std::min(bytes.size(), kMostBytes)) {}

  // Calls on_field(tag) for each; false when the bytes are no message or a handler says so.
  template <class OnField>
  bool each(OnField&& on_field) {
    while (at_ != end_) {
      std::uint32_t tag = static_cast<unsigned char>(*at_);
      if (tag < 0x80) {
        ++at_;
      } else if (!slowly([&](CodedInputStream& in) { return (tag = in.ReadTag()) != 0; })) {
        return false;
      }
      if (tag == 0 || !on_field(tag)) return false;
    }
    return true;
  }

  bool skip(std::uint32_t tag) {
    return slowly([tag](CodedInputStream& in) { return WireFormatLite::SkipField(&in, tag); });
  }

  [[gnu::always_inline]] bool bytes(std::string_view& out) {
    std::uint32_t length = 0;
    if (!read_length(length) || length > static_cast<std::size_t>(end_ - at_)) return false;
    out = {at_, length};
    at_ += length;
    return true;
  }

  bool text(std::string_view& out) { return bytes(out) && is_utf8(out); }

  bool number(std::uint64_t& out) {
    return slowly([&out](CodedInputStream& in) { return in.ReadVarint64(&out); });
  }

 private:
  bool read_length(std::uint32_t& out) {
    const auto byte = [this](int i) { return static_cast<unsigned char>(at_[i]); };
    const auto left = end_ - at_;
    if (left > 0 && byte(0) < 0x80) {
      out = byte(0);
      at_ += 1;
      return true;
    }
    if (left > 1 && byte(1) < 0x80) {
      out = static_cast<std::uint32_t>(byte(0) & 0x7f) | static_cast<std::uint32_t>(byte(1)) << 7;
      at_ += 2;
      return true;
    }
    return slowly([&out](CodedInputStream& in) { return in.ReadVarint32(&out); });
  }

  template <class Read>
  bool slowly(Read read) {
    CodedInputStream in(reinterpret_cast<const std::uint8_t*>(at_), static_cast<int>(end_ - at_));
    if (!read(in)) return false;
    at_ += in.CurrentPosition();
    return true;
  }

  const char* at_;
  const char* end_;
};

// Real messages and headers are longer than this on average. Two bytes make an empty one, which
// takes some forty times as much memory: without a bound a frame could make a node take half a
// gigabyte.
constexpr std::size_t kShortestAverage = 16;
constexpr std::size_t kAlwaysAllowed = 1024;

bool is_plausible(std::size_t count, std::size_t bytes) {
  return count <= kAlwaysAllowed + bytes / kShortestAverage;
}

bool parse_header(std::string_view bytes, std::vector<Header>& headers) {
  Header header;
  Fields fields(bytes);
  const bool is_sound = fields.each([&](std::uint32_t tag) {
    if (tag == bytes_tag(1)) return fields.text(header.key);
    if (tag == bytes_tag(2)) return fields.text(header.value);
    return fields.skip(tag);
  });
  headers.push_back(header);  // of the same keys the last one counts: find_header()
  return is_sound;
}

bool parse_message(std::string_view bytes, RemoteMessage& message) {
  Fields fields(bytes);
  return fields.each([&](std::uint32_t tag) {
    std::string_view header;
    if (tag == bytes_tag(1)) return fields.text(message.sender);
    if (tag == bytes_tag(2)) return fields.text(message.receiver);
    if (tag == bytes_tag(3)) return fields.bytes(message.payload);
    if (tag == bytes_tag(4))
      return fields.bytes(header) && parse_header(header, message.headers) &&
             is_plausible(message.headers.size(), bytes.size());
    return fields.skip(tag);
  });
}

struct Seconds {
  std::int64_t seconds = 0;
  std::int32_t nanos = 0;
};

bool parse_duration(std::string_view bytes, Seconds& duration) {
  Fields fields(bytes);
  return fields.each([&](std::uint32_t tag) {
    std::uint64_t number = 0;
    if (tag != number_tag(1) && tag != number_tag(2)) return fields.skip(tag);
    if (!fields.number(number)) return false;
    if (tag == number_tag(1))
      duration.seconds = static_cast<std::int64_t>(number);
    else
      duration.nanos = static_cast<std::int32_t>(number);
    return true;
  });
}

Status parse_batch(std::string_view body, Batch& into, bool has_timeout) {
  into.clear();
  std::optional<Seconds> timeout;
  std::size_t entries = 0;
  Fields fields(body);
  const bool is_sound = fields.each([&](std::uint32_t tag) {
    std::string_view bytes;
    if (tag == bytes_tag(1)) {
      if (!fields.bytes(bytes) || !parse_message(bytes, into.messages.emplace_back())) return false;
      entries += 1 + into.messages.back().headers.size();
      return is_plausible(entries, body.size());
    }
    if (tag == bytes_tag(2) && has_timeout) {
      if (!timeout) timeout.emplace();
      return fields.bytes(bytes) && parse_duration(bytes, *timeout);
    }
    return fields.skip(tag);
  });
  if (timeout) into.timeout = to_nanoseconds(timeout->seconds, timeout->nanos);
  if (is_sound) return {};
  into.clear();
  return fail(ErrorCode::invalid_remote_message,
              "invalid remote message: the bytes are no batch of messages");
}

// A field of bytes: tag, length, bytes.
std::size_t field_size(std::size_t length) {
  return 1 + CodedOutputStream::VarintSize64(length) + length;
}

// Proto3 leaves out what is empty.
std::size_t text_size(std::string_view text) {
  return text.empty() ? 0 : field_size(text.size());
}

char* put_length(char* to, int field, std::size_t length) {
  *to++ = static_cast<char>(bytes_tag(field));
  return reinterpret_cast<char*>(
      CodedOutputStream::WriteVarint64ToArray(length, reinterpret_cast<std::uint8_t*>(to)));
}

char* put_text(char* to, int field, std::string_view text) {
  return store_bytes(put_length(to, field, text.size()), text.data(), text.size());
}

char* put_number(char* to, int field, std::int64_t number) {
  *to++ = static_cast<char>(number_tag(field));
  return reinterpret_cast<char*>(CodedOutputStream::WriteVarint64ToArray(
      static_cast<std::uint64_t>(number), reinterpret_cast<std::uint8_t*>(to)));
}

std::size_t header_size(const Header& header) {
  return field_size(header.key.size()) + field_size(header.value.size());
}

// The answer's own field and its length, and the timeout that may follow.
constexpr std::size_t kTimeoutRoom = 2 + 2 * 11;

tl::unexpected<Error> not_utf8(std::string_view what) {
  return fail(ErrorCode::invalid_argument, "the " + std::string(what) + " is not UTF-8 text");
}

tl::unexpected<Error> too_large(std::size_t size, std::uint32_t limit) {
  return unexpected(Error(ErrorCode::invalid_message,
                          "invalid message: it needs a frame of " + std::to_string(size) +
                              " bytes, larger than the limit of " + std::to_string(limit))
                        .with_hint("send less at once, or reference the data"));
}

}  // namespace

Status parse_tell(std::string_view body, Batch& into) {
  return parse_batch(body, into, false);
}

Status parse_ask(std::string_view body, Batch& into) {
  return parse_batch(body, into, true);
}

Status parse_ask_response(std::string_view body, std::vector<std::string_view>& into) {
  into.clear();
  Fields fields(body);
  const bool is_sound = fields.each([&](std::uint32_t tag) {
    if (tag != bytes_tag(1)) return fields.skip(tag);
    return fields.bytes(into.emplace_back()) && is_plausible(into.size(), body.size());
  });
  if (is_sound) return {};
  into.clear();
  return fail(ErrorCode::invalid_remote_message,
              "invalid remote message: the bytes are no answers to an ask");
}

Result<bool> BatchWriter::add(std::string_view sender, std::string_view receiver,
                              const OutgoingPayload& payload, std::span<const Header> headers) {
  if (!is_utf8(sender)) return not_utf8("sender's address");
  if (!is_utf8(receiver)) return not_utf8("receiver's address");
  std::size_t length = text_size(sender) + text_size(receiver);
  if (payload.size() != 0) length += field_size(payload.size());
  for (const Header& header : headers) {
    if (!is_utf8(header.key) || !is_utf8(header.value)) return not_utf8("propagated header");
    length += field_size(header_size(header));
  }
  const std::size_t total = size() + field_size(length) + kTimeoutRoom;
  if (total > max_frame_size_) {
    if (count_ != 0) return false;
    return too_large(total, max_frame_size_);
  }

  char* to = put_length(out_->extend(field_size(length)), 1, length);
  if (!sender.empty()) to = put_text(to, 1, sender);
  if (!receiver.empty()) to = put_text(to, 2, receiver);
  if (payload.size() != 0) to = payload.write(put_length(to, 3, payload.size()));
  for (const Header& header : headers) {
    to = put_length(to, 4, header_size(header));
    to = put_text(put_text(to, 1, header.key), 2, header.value);
  }
  ++count_;
  return true;
}

Status BatchWriter::finish(std::optional<std::chrono::nanoseconds> timeout) {
  if (timeout) {
    constexpr std::int64_t kSecond = 1'000'000'000;
    const std::int64_t seconds = timeout->count() / kSecond;
    const std::int64_t nanos = timeout->count() % kSecond;
    char duration[22];
    char* to = duration;
    if (seconds != 0) to = put_number(to, 1, seconds);
    if (nanos != 0) to = put_number(to, 2, nanos);
    const std::string_view bytes(duration, static_cast<std::size_t>(to - duration));
    put_text(out_->extend(field_size(bytes.size())), 2, bytes);
  }
  return frame_.close(max_frame_size_);
}

Status append_ask_response(Buffer& out, std::span<const OutgoingPayload> answers,
                           std::uint32_t max_frame_size) {
  OpenFrame frame(out, kAskResponseType);
  const std::size_t start = out.size() - frame.size();
  for (const OutgoingPayload& answer : answers) {
    const std::size_t size = field_size(answer.size());
    if (const std::size_t total = frame.size() + size; total > max_frame_size) {
      out.truncate(start);
      return too_large(total, max_frame_size);
    }
    answer.write(put_length(out.extend(size), 1, answer.size()));
  }
  return frame.close(max_frame_size);
}

}  // namespace goakt::wire
