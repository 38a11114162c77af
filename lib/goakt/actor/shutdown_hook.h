#pragma once

#include "goakt/base/export.h"
#include "goakt/base/result.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace goakt {

class ActorSystem;

// When a hook runs. Hooks of one phase run in the order in which they were registered.
enum class ShutdownPhase : std::uint8_t {
  before_unbind,
  service_stop,
  before_cluster_leave,
  before_actors_stop,  // where GoAkt runs all of them
  after_actors_stop,
};

// What becomes of a hook that failed (GoAkt's recovery strategies and defaults).
struct ShutdownRecovery {
  enum class Strategy : std::uint8_t {
    should_fail = 0,            // the hooks that follow are skipped
    should_retry_and_fail = 1,  // the same, after retries
    should_skip = 2,            // remembered; go on with the next
    should_retry_and_skip = 3,  // the same, after retries
  };

  Strategy strategy = Strategy::should_fail;
  unsigned max_retries = 3;  // after the first failure
  std::chrono::nanoseconds retry_interval = std::chrono::seconds(1);
};

// Work of the user's at the end of a system. Runs on a thread of its own, one hook at a time, while
// (before after_actors_stop) the actors still work. Whatever a hook does, the system goes down; its
// error is reported by ActorSystem::stop. A hook that throws ends the phase of hooks like one that
// fails, and so does one that takes too long: the hooks before the actors' stop have four fifths of
// the shutdown timeout, those after it the rest, at least a tenth. A hook that is given up goes on
// alone; the system's destructor waits two seconds for it, after that it must not use the system.
class GOAKT_API ShutdownHook {
 public:
  ShutdownHook() = default;
  ShutdownHook(const ShutdownHook&) = delete;
  ShutdownHook& operator=(const ShutdownHook&) = delete;
  virtual ~ShutdownHook();

  virtual Status execute(ActorSystem& system) = 0;

  virtual ShutdownRecovery recovery() const { return {}; }

  virtual ShutdownPhase phase() const { return ShutdownPhase::before_actors_stop; }
};

}  // namespace goakt
