#include "goakt/base/clock.h"

#include <thread>
#include <time.h>

namespace goakt {

namespace {

constexpr std::int64_t kFakeStart = 1'000'000'000'000'000;  // about 11 days, in nanoseconds

std::int64_t read_ns(clockid_t id) noexcept {
  timespec value{};
  clock_gettime(id, &value);
  return std::int64_t{value.tv_sec} * 1'000'000'000 + value.tv_nsec;
}

}  // namespace

Clock::~Clock() = default;

SystemClock& SystemClock::instance() noexcept {
  static SystemClock clock;
  return clock;
}

TimePoint SystemClock::now() const noexcept {
  return TimePoint(Duration(read_ns(CLOCK_MONOTONIC)));
}

std::int64_t SystemClock::coarse_ms() const noexcept {
  return read_ns(CLOCK_MONOTONIC_COARSE) / 1'000'000;
}

WallTime SystemClock::wall() const noexcept {
  return WallTime(Duration(read_ns(CLOCK_REALTIME)));
}

void SystemClock::sleep_for(Duration duration) {
  std::this_thread::sleep_for(duration);
}

FakeClock::FakeClock(WallTime wall)
    : now_ns_(kFakeStart), wall_offset_ns_(wall.time_since_epoch().count() - kFakeStart) {}

void FakeClock::advance(Duration duration) noexcept {
  now_ns_.fetch_add(duration.count());
}

void FakeClock::set_wall(WallTime wall) noexcept {
  wall_offset_ns_.store(wall.time_since_epoch().count() - now_ns_.load());
}

TimePoint FakeClock::now() const noexcept {
  return TimePoint(Duration(now_ns_.load()));
}

std::int64_t FakeClock::coarse_ms() const noexcept {
  return now_ns_.load() / 1'000'000;
}

WallTime FakeClock::wall() const noexcept {
  return WallTime(Duration(now_ns_.load() + wall_offset_ns_.load()));
}

void FakeClock::sleep_for(Duration duration) {
  if (duration > Duration::zero()) advance(duration);
}

}  // namespace goakt
