#include "goakt/wire/batch.h"

#include "goakt/wire/big_endian.h"
#include "goakt/wire/durations.h"
#include "goakt/wire/payload.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/stubs/common.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

namespace goakt::wire {

namespace {

using google::protobuf::io::CodedOutputStream;

enum WireType : std::uint32_t { varint, fixed64, bytes, group, end_group, fixed32 };

constexpr std::uint32_t tag(int field, WireType type) {
  return static_cast<std::uint32_t>(field) << 3 | type;
}

constexpr std::uint32_t bytes_tag(int field) {
  return tag(field, WireType::bytes);
}

constexpr std::uint32_t number_tag(int field) {
  return tag(field, WireType::varint);
}

// As many letters as are looked at at once.
using Letters = std::uint8_t __attribute__((vector_size(16)));

Letters load_letters(const char* from) {
  Letters letters;
  std::memcpy(&letters, from, sizeof letters);
  return letters;
}

bool is_ascii(Letters letters) {
  std::uint64_t halves[2];
  std::memcpy(halves, &letters, sizeof halves);
  return ((halves[0] | halves[1]) & 0x8080'8080'8080'8080) == 0;
}

[[gnu::always_inline]] inline bool is_utf8(std::string_view text) {
  // Addresses are ASCII, as a rule.
  Letters letters{};
  if (text.size() < sizeof letters) {
    for (const char c : text) letters[0] |= static_cast<unsigned char>(c);
  } else {
    const char* const last = text.data() + text.size() - sizeof letters;
    for (const char* at = text.data(); at < last; at += sizeof letters) letters |= load_letters(at);
    letters |= load_letters(last);
  }
  if (is_ascii(letters)) return true;
  return google::protobuf::internal::IsStructurallyValidUTF8(text.data(),
                                                             static_cast<int>(text.size()));
}

constexpr int kDeepest = 100;  // messages and groups within each other

// Both read what begins at `at` and return its end; null when it is broken. Bits beyond the largest
// number are dropped.
const char* read_long_varint(const char* at, const char* end, int most, std::uint64_t& out) {
  out = 0;
  for (int i = 0; i < most && at != end; ++i) {
    const auto byte = static_cast<unsigned char>(*at++);
    out |= static_cast<std::uint64_t>(byte & 0x7f) << (7 * i);
    if (byte < 0x80) return at;
  }
  return nullptr;
}

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

const char* skip_field(const char* at, const char* end, int depth, std::uint32_t tag) {
  const std::uint32_t field = tag >> 3;
  if (field == 0) return nullptr;
  Fields fields(at, end, depth + 1);
  std::uint64_t number;
  std::string_view text;
  bool is_sound = false;
  switch (tag & 7) {
    case WireType::varint:
      is_sound = fields.read(number);
      break;
    case WireType::fixed64:
      is_sound = fields.advance(8);
      break;
    case WireType::bytes:
      is_sound = fields.read(text);
      break;
    case WireType::group:
      if (depth >= kDeepest) return nullptr;
      do {
        if (!fields.read_tag(tag)) return nullptr;
      } while ((tag & 7) != WireType::end_group && fields.skip(tag));
      is_sound = tag == (field << 3 | WireType::end_group);
      break;
    case WireType::fixed32:
      is_sound = fields.advance(4);
      break;
    default:
      break;
  }
  return is_sound ? fields.at() : nullptr;
}

// Real messages and headers are longer than this on average. Two bytes make an empty one, which
// takes some forty times as much memory: without a bound a frame could make a node take half a
// gigabyte.
constexpr std::size_t kShortestAverage = 16;
constexpr std::size_t kAlwaysAllowed = 1024;

constexpr std::size_t most_entries(std::size_t bytes) {
  return kAlwaysAllowed + bytes / kShortestAverage;
}

bool parse_header(Fields fields, std::vector<Header>& headers) {
  Header header;
  const bool is_sound = fields.each([&](std::uint32_t tag) {
    if (tag == bytes_tag(1)) return fields.read_text(header.key);
    if (tag == bytes_tag(2)) return fields.read_text(header.value);
    return fields.skip(tag);
  });
  headers.push_back(header);  // of the same keys the last one counts: find_header()
  return is_sound;
}

[[gnu::always_inline]] inline bool parse_message(Fields fields, RemoteMessage& message,
                                                 std::vector<Header>& headers) {
  const std::size_t most_headers = most_entries(fields.size());
  message.first_header = static_cast<std::uint32_t>(headers.size());
  return fields.each([&](std::uint32_t tag) {
    if (tag == bytes_tag(1)) return fields.read_text(message.sender);
    if (tag == bytes_tag(2)) return fields.read_text(message.receiver);
    if (tag == bytes_tag(3)) return fields.read(message.payload);
    if (tag == bytes_tag(4))
      return fields.read_message([&](Fields header) { return parse_header(header, headers); }) &&
             ++message.header_count <= most_headers;
    return fields.skip(tag);
  });
}

struct Seconds {
  std::int64_t seconds = 0;
  std::int32_t nanos = 0;
};

bool parse_duration(Fields fields, Seconds& duration) {
  return fields.each([&](std::uint32_t tag) {
    std::uint64_t number = 0;
    if (tag != number_tag(1) && tag != number_tag(2)) return fields.skip(tag);
    if (!fields.read(number)) return false;
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
  Fields fields(body);
  std::size_t count = 0;
  const std::size_t most = most_entries(body.size());
  const bool is_sound = fields.each([&](std::uint32_t tag) {
    if (tag == bytes_tag(1))
      return fields.read_message([&](Fields message) {
        return parse_message(message, into.messages.emplace_back(), into.headers);
      }) && ++count + into.headers.size() <= most;
    if (tag == bytes_tag(2) && has_timeout) {
      if (!timeout) timeout.emplace();
      return fields.read_message(
          [&](Fields duration) { return parse_duration(duration, *timeout); });
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
  return 1 + (length < 0x80 ? 1 : CodedOutputStream::VarintSize64(length)) + length;
}

// Proto3 leaves out what is empty.
std::size_t text_size(std::string_view text) {
  return text.empty() ? 0 : field_size(text.size());
}

char* put_length(char* to, int field, std::size_t length) {
  *to++ = static_cast<char>(bytes_tag(field));
  if (length < 0x80) {
    *to++ = static_cast<char>(length);
    return to;
  }
  return reinterpret_cast<char*>(
      CodedOutputStream::WriteVarint64ToArray(length, reinterpret_cast<std::uint8_t*>(to)));
}

// A text, and all its letters in one.
[[gnu::always_inline]] inline char* put_text(char* to, int field, std::string_view text,
                                             Letters& letters) {
  to = put_length(to, field, text.size());
  if (text.size() < sizeof letters) {
    for (const char c : text) {
      letters[0] |= static_cast<unsigned char>(c);
      *to++ = c;
    }
    return to;
  }
  const auto put = [&letters](char* there, const char* from) {
    const Letters some = load_letters(from);
    letters |= some;
    std::memcpy(there, &some, sizeof some);
  };
  char* const end = to + text.size();
  const char* const last = text.data() + text.size() - sizeof letters;
  for (const char* at = text.data(); at < last; at += sizeof letters, to += sizeof letters)
    put(to, at);
  put(end - sizeof letters, last);
  return end;
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

std::string_view find_not_utf8(std::string_view sender, std::string_view receiver,
                               std::span<const Header> headers) {
  if (!is_utf8(sender)) return "sender's address";
  if (!is_utf8(receiver)) return "receiver's address";
  for (const Header& header : headers)
    if (!is_utf8(header.key) || !is_utf8(header.value)) return "propagated header";
  return {};
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
  const std::size_t most = most_entries(body.size());
  const bool is_sound = fields.each([&](std::uint32_t tag) {
    if (tag != bytes_tag(1)) return fields.skip(tag);
    return fields.read(into.emplace_back()) && into.size() <= most;
  });
  if (is_sound) return {};
  into.clear();
  return fail(ErrorCode::invalid_remote_message,
              "invalid remote message: the bytes are no answers to an ask");
}

Result<bool> BatchWriter::add(std::string_view sender, std::string_view receiver,
                              const OutgoingPayload& payload, std::span<const Header> headers) {
  std::size_t length = text_size(sender) + text_size(receiver);
  if (payload.size() != 0) length += field_size(payload.size());
  for (const Header& header : headers) length += field_size(header_size(header));
  const std::size_t total = size() + field_size(length) + kTimeoutRoom;
  if (total > max_frame_size_) {
    if (count_ != 0) return false;
    return too_large(total, max_frame_size_);
  }

  const std::size_t start = out_->size();
  Letters letters{};
  char* to = put_length(out_->extend(field_size(length)), 1, length);
  if (!sender.empty()) to = put_text(to, 1, sender, letters);
  if (!receiver.empty()) to = put_text(to, 2, receiver, letters);
  if (payload.size() != 0) to = payload.write(put_length(to, 3, payload.size()));
  for (const Header& header : headers) {
    to = put_length(to, 4, header_size(header));
    to = put_text(put_text(to, 1, header.key, letters), 2, header.value, letters);
  }
  if (!is_ascii(letters)) {
    if (const auto what = find_not_utf8(sender, receiver, headers); !what.empty()) {
      out_->truncate(start);
      return fail(ErrorCode::invalid_argument, "the " + std::string(what) + " is not UTF-8 text");
    }
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
    const auto size = static_cast<std::size_t>(to - duration);
    store_bytes(put_length(out_->extend(field_size(size)), 2, size), duration, size);
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
