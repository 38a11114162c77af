#pragma once

#include "goakt/base/clock.h"
#include "goakt/gossip/timers.h"
#include "goakt/gossip/timing.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace goakt::gossip {

// One member's doubt about another: the more members share it, the sooner it ends in a verdict.
// Scaled by what the cluster was when it began.
class Suspicion {
 public:
  Suspicion(TimePoint start, const SuspicionTimes& times, std::string from)
      : start_(start), times_(times) {
    from_.push_back(std::move(from));
  }

  TimePoint due() const { return start_ + suspicion_timeout(times_, confirmed()); }

  // True if this accuser is new and still counts.
  bool confirm(std::string_view from) {
    if (confirmed() >= times_.confirmations ||
        std::find(from_.begin(), from_.end(), from) != from_.end())
      return false;
    from_.emplace_back(from);
    return true;
  }

  unsigned confirmed() const { return static_cast<unsigned>(from_.size() - 1); }

  // The first one began it.
  const std::vector<std::string>& accusers() const { return from_; }

  TimePoint start() const { return start_; }

  const SuspicionTimes& times() const { return times_; }

  // Owned by whoever arms it.
  TimerId timer;

 private:
  TimePoint start_;
  SuspicionTimes times_;
  // The first accuser and those who confirmed.
  std::vector<std::string> from_;
};

}  // namespace goakt::gossip
