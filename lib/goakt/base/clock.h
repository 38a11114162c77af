#pragma once

#include "goakt/base/export.h"

#include <atomic>
#include <chrono>
#include <cstdint>

namespace goakt {

using Duration = std::chrono::nanoseconds;
// Monotonic, never set back. The standard's own type, so that condition variables take it as it is.
using TimePoint = std::chrono::time_point<std::chrono::steady_clock, std::chrono::nanoseconds>;
using WallTime = std::chrono::time_point<std::chrono::system_clock, std::chrono::nanoseconds>;

// Where all time comes from: code that waits, expires or stamps is given a Clock, so that tests and
// the simulator own the time. All methods may be called from any thread.
class GOAKT_API Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock();

  virtual TimePoint now() const noexcept = 0;
  // now() in whole milliseconds, late by up to one kernel tick (4 ms), for stamps on the hot path:
  // a quarter of the price of now(). Never goes back, never ahead of now().
  virtual std::int64_t coarse_ms() const noexcept = 0;
  // For people and the wire only. It can jump in both directions.
  virtual WallTime wall() const noexcept = 0;
  virtual void sleep_for(Duration duration) = 0;
};

// The machine's clocks.
class GOAKT_API SystemClock final : public Clock {
 public:
  // It has no state, so one is enough for the process.
  static SystemClock& instance() noexcept;

  TimePoint now() const noexcept override;
  std::int64_t coarse_ms() const noexcept override;
  WallTime wall() const noexcept override;
  void sleep_for(Duration duration) override;
};

// Stands still until the test moves it; sleeping moves it too, so a sleeper never blocks.
class GOAKT_API FakeClock final : public Clock {
 public:
  // Starts well away from zero: "an hour ago" is then a valid time.
  explicit FakeClock(WallTime wall = WallTime(std::chrono::seconds(1'700'000'000)));

  void advance(Duration duration) noexcept;
  // The wall clock alone, as an operator or NTP does it.
  void set_wall(WallTime wall) noexcept;

  TimePoint now() const noexcept override;
  std::int64_t coarse_ms() const noexcept override;
  WallTime wall() const noexcept override;
  void sleep_for(Duration duration) override;

 private:
  std::atomic<std::int64_t> now_ns_;
  std::atomic<std::int64_t> wall_offset_ns_;
};

}  // namespace goakt
