#pragma once

#include "goakt/base/export.h"
#include "goakt/base/result.h"
#include "goakt/wire/buffer.h"

#include <cstdint>
#include <string>
#include <string_view>

// The answer of a request that failed: a code and GoAkt's text, which peers search for the errors
// that they know. Here is the one table of what becomes what, in both directions.
namespace goakt::wire {

// internalpb.Code. Servers send not_found to deadline_exceeded, the others are only understood.
enum class RemoteCode : std::int32_t {
  internal = 0,
  not_found = 1,
  already_exists = 2,
  invalid_argument = 3,
  unavailable = 4,
  failed_precondition = 5,
  internal_error = 6,
  deadline_exceeded = 7,
  resource_exhausted = 8,
  canceled = 9,
  unknown = 10,
};

struct RemoteError {
  RemoteCode code = RemoteCode::internal_error;
  std::string message;

  friend bool operator==(const RemoteError&, const RemoteError&) = default;
};

inline constexpr std::string_view kErrorType = "internalpb.Error";

// Server: the answer for an error. A handler whose request answers it with another code names that.
GOAKT_API RemoteError to_remote(const Error& error);
GOAKT_API RemoteError to_remote(RemoteCode code, const Error& error);

// Client: the error of an answer, as GoAkt's client names it. What has become of it by a table's
// row (not found, timed out, ...) has the peer's own words as its hint.
GOAKT_API Error from_remote(const RemoteError& error);

// The frame, and its body.
[[nodiscard]] GOAKT_API Status append_error(Buffer& out, const RemoteError& error);
[[nodiscard]] GOAKT_API Result<RemoteError> parse_error(std::string_view body);

}  // namespace goakt::wire
