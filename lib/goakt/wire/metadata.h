#pragma once

#include "goakt/base/export.h"
#include "goakt/base/result.h"

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace goakt {
class ContextRef;
struct MessageContext;
}  // namespace goakt

namespace goakt::wire {

// One propagated value, as HTTP has headers: the letter case of the key means nothing.
struct Header {
  std::string_view key;
  std::string_view value;

  friend bool operator==(const Header&, const Header&) = default;
};

// The last header of that key, whatever its letter case; null when there is none.
GOAKT_API const Header* find_header(std::span<const Header> headers, std::string_view key);

// What the headers carry, as a message's context (keys in lower case), and back. An empty list is
// no context. The headers are views into the context.
GOAKT_API ContextRef context_of(std::span<const Header> headers);
GOAKT_API std::vector<Header> headers_of(const MessageContext* context);

// What travels beside a request: propagated values and how much time is left for it. A remaining
// time, not a point in time, because two nodes' clocks differ; negative: it had run out already.
//
//   u16 count | count * (u16 length, key, u16 length, value) | i64 remaining nanoseconds, 0 = none
//
// The headers are views: into the block when it was read, into the caller's strings when written.
struct GOAKT_API Metadata {
  std::vector<Header> headers;
  std::optional<std::chrono::nanoseconds> remaining;

  // Error: invalid_remote_message. Bytes behind the block's end mean nothing.
  [[nodiscard]] static Result<Metadata> parse(std::string_view block);

  // The block's length; an error when the block cannot say it: more than 65535 headers or a key or
  // value longer than that.
  [[nodiscard]] Result<std::size_t> size() const;

  // Writes size() bytes there and returns their end.
  char* write(char* to) const noexcept;
};

}  // namespace goakt::wire
