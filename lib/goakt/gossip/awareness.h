#pragma once

#include "goakt/base/clock.h"

#include <algorithm>

namespace goakt::gossip {

// How much a member doubts its own health: 0 is well. Who misses answers that others get probes
// more slowly instead of accusing everybody.
class Awareness {
 public:
  explicit Awareness(unsigned max_multiplier) : max_(static_cast<int>(max_multiplier) - 1) {}

  void apply(int delta) { score_ = std::clamp(score_ + delta, 0, std::max(max_, 0)); }

  int score() const { return score_; }

  Duration scale(Duration interval) const { return interval * (score_ + 1); }

 private:
  int max_;
  int score_ = 0;
};

}  // namespace goakt::gossip
