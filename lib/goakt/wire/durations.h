#pragma once

#include "goakt/base/export.h"

#include <chrono>
#include <cstdint>
#include <limits>

namespace google::protobuf {
class Duration;
}

// Durations on the wire are seconds and nanoseconds; what does not fit into 64 bits of nanoseconds
// (292 years) becomes the nearest that does, in both directions of time.
namespace goakt::wire {

GOAKT_API std::chrono::nanoseconds to_nanoseconds(std::int64_t seconds,
                                                  std::int32_t nanos) noexcept;
GOAKT_API std::chrono::nanoseconds to_nanoseconds(const google::protobuf::Duration& duration);
GOAKT_API void set_duration(google::protobuf::Duration& duration, std::chrono::nanoseconds value);

// A request's deadline by this node's clock, from the remaining time that it came with.
template <class TimePoint>
TimePoint deadline_after(TimePoint now, std::chrono::nanoseconds remaining) noexcept {
  const auto since = std::chrono::duration_cast<std::chrono::nanoseconds>(now.time_since_epoch());
  std::int64_t sum = 0;
  if (__builtin_add_overflow(static_cast<std::int64_t>(since.count()),
                             static_cast<std::int64_t>(remaining.count()), &sum))
    return remaining.count() < 0 ? TimePoint::min() : TimePoint::max();
  return TimePoint(
      std::chrono::duration_cast<typename TimePoint::duration>(std::chrono::nanoseconds(sum)));
}

}  // namespace goakt::wire
