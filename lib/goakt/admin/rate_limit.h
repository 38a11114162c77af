#pragma once

#include "goakt/base/clock.h"

#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace goakt::admin {

// So many requests a second for each caller, with a burst of twice as many; writes have a smaller
// share of their own. Thread-safe.
class RateLimit {
 public:
  // `rate` 0: no limit.
  RateLimit(double rate, double writes, const Clock& clock)
      : rate_(rate), writes_(writes), clock_(clock) {}

  // How long the caller has to wait; zero: he may go on, and this request is counted.
  Duration take(std::string_view caller, bool is_write);

 private:
  // A bucket that fills with time.
  struct Bucket {
    double left = 0;
    TimePoint at{};

    Duration wait_for_one(double rate, TimePoint now);
  };

  struct Caller {
    Bucket all;
    Bucket writes;
  };

  // Callers beyond this push out those who have not asked for longest: addresses are cheap.
  static constexpr std::size_t kCallers = 4096;

  const double rate_;
  const double writes_;
  const Clock& clock_;
  std::mutex mutex_;  // guards callers_
  std::map<std::string, Caller, std::less<>> callers_;
};

}  // namespace goakt::admin
