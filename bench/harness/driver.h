#pragma once

#include "bench/harness/options.h"
#include "bench/harness/results.h"

namespace goakt::bench {

// A figure that stays noisy is measured this often at most.
inline constexpr int kMaxReps = 10;

struct Measured {
  Results results;
  bool has_failures = false;
};

// Runs repetition after repetition; in each, first the anchors, then every workload once in every
// program, so that a disturbance of the machine hits all sides of a ratio alike.
Measured measure(const Options& options, const std::string& self);

}  // namespace goakt::bench
