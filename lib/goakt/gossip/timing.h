#pragma once

#include "goakt/base/clock.h"
#include "goakt/base/export.h"

#include <cstddef>

// The formulas by which the protocol scales with the number of members.
namespace goakt::gossip {

// How often each member sends one broadcast: multiplier times the digits of n.
GOAKT_API unsigned retransmit_limit(unsigned multiplier, std::size_t n);

// Full exchanges get rarer beyond 32 members, because they carry the whole table.
GOAKT_API Duration push_pull_interval(Duration base, std::size_t n);

// How long a suspicion lasts: `max` while nobody else shares it, `min` when `confirmations` others
// do.
struct SuspicionTimes {
  Duration min{};
  Duration max{};
  unsigned confirmations = 0;
};

GOAKT_API SuspicionTimes suspicion_times(unsigned multiplier, unsigned max_multiplier,
                                         Duration probe_interval, std::size_t n);

// From the start of the suspicion until the verdict.
GOAKT_API Duration suspicion_timeout(const SuspicionTimes& times, unsigned confirmed);

}  // namespace goakt::gossip
