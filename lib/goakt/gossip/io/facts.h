#pragma once

#include "goakt/base/clock.h"
#include "goakt/gossip/context.h"
#include "goakt/gossip/member.h"

#include <cstddef>
#include <vector>

namespace goakt::gossip {

struct MemberFacts : MemberInfo {
  // When it took its state; this process's clock.
  WallTime since{};
};

// What a member knows at one moment, for inspection.
struct Facts {
  // The own one, and also the dead and those who left until they are forgotten; by name.
  std::vector<MemberFacts> members;
  Counters counters;
  // 0 is best: the longer this member misses answers, the more it doubts itself.
  int health = 0;
  // News that it still has to tell.
  std::size_t queued = 0;
};

}  // namespace goakt::gossip
