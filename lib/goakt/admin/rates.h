#pragma once

#include "goakt/actor/pid.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <unordered_map>

namespace goakt::admin {

// How many messages a second single actors handle. The runtime counts messages only, so a rate
// needs two looks: the one before is remembered for a minute. Of an actor that nobody looked at
// lately it is the mean since it started. Nothing here is paid by the actors. Thread-safe.
class Rates {
 public:
  using Clock = std::chrono::steady_clock;

  struct Rate {
    double per_second = 0;
    double window_seconds = 0;  // what it is the mean of
  };

  // As many looks are remembered: whoever walks a million actors must not fill the memory.
  static constexpr std::size_t kMostLooks = 16'384;

  Rate of(const Pid& pid, Clock::time_point now = Clock::now());

 private:
  struct Look {
    Clock::time_point at;
    std::uint64_t processed = 0;
    Rate rate;
  };

  std::mutex mutex_;  // guards looks_
  std::unordered_map<Pid, Look> looks_;
};

}  // namespace goakt::admin
