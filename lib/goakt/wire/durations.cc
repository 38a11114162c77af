#include "goakt/wire/durations.h"

#include <google/protobuf/duration.pb.h>

namespace goakt::wire {

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

}  // namespace

std::chrono::nanoseconds to_nanoseconds(std::int64_t seconds, std::int32_t nanos) noexcept {
  std::int64_t result = 0;
  if (!__builtin_mul_overflow(seconds, kSecond, &result) &&
      !__builtin_add_overflow(result, static_cast<std::int64_t>(nanos), &result))
    return std::chrono::nanoseconds(result);
  return seconds < 0 ? std::chrono::nanoseconds::min() : std::chrono::nanoseconds::max();
}

std::chrono::nanoseconds to_nanoseconds(const google::protobuf::Duration& duration) {
  return to_nanoseconds(duration.seconds(), duration.nanos());
}

void set_duration(google::protobuf::Duration& duration, std::chrono::nanoseconds value) {
  duration.set_seconds(value.count() / kSecond);
  duration.set_nanos(static_cast<std::int32_t>(value.count() % kSecond));
}

}  // namespace goakt::wire
