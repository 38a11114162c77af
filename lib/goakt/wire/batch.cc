#include "goakt/wire/batch.h"

#include "goakt/wire/big_endian.h"
#include "goakt/wire/durations.h"
#include "goakt/wire/internal/letters.h"
#include "goakt/wire/internal/protobuf_fields.h"
#include "goakt/wire/payload.h"

#include <google/protobuf/io/coded_stream.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

namespace goakt::wire {

namespace {

using google::protobuf::io::CodedOutputStream;
using internal::bytes_tag;
using internal::Fields;
using internal::is_ascii;
using internal::is_utf8;
using internal::Letters;
using internal::load_letters;
using internal::number_tag;

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
