#pragma once

#include "goakt/actor/eviction.h"
#include "goakt/actor/internal/timers.h"
#include "goakt/actor/pid.h"

#include <atomic>
#include <cstddef>
#include <mutex>
#include <vector>

namespace goakt::internal {

class System;

// Every interval, stops actors of a node that has too many, or too little memory. Sorts on a thread
// that may take its time.
class Evictor {
 public:
  explicit Evictor(System& system) : system_(system) {}

  void start();
  // No round begins after this.
  void stop();

  // The user actors in the order in which they would go.
  std::vector<Pid> candidates(EvictionPolicy policy) const;

 private:
  void arm();
  void round();
  void evict(EvictionPolicy policy, std::size_t count);

  System& system_;
  std::mutex mutex_;  // guards both
  bool running_ = false;
  Timers::Id timer_ = 0;
};

}  // namespace goakt::internal
