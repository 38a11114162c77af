#pragma once

#include "goakt/base/export.h"

#include <chrono>
#include <cstdint>

namespace goakt {

// One actor's figures (GoAkt's pid.Metric()). Read without stopping the actor.
struct ActorMetric {
  std::uint64_t dead_letters = 0;
  std::uint64_t children = 0;
  std::chrono::seconds uptime{0};
  std::chrono::milliseconds since_last_message{0};  // GoAkt: latestProcessedDuration
  std::uint64_t restarts = 0;
  std::uint64_t processed = 0;  // without PostStart
  std::uint64_t stash_size = 0;
  std::uint64_t failures = 0;
  std::uint64_t reinstated = 0;
  std::uint64_t mailbox = 0;
};

}  // namespace goakt
