#pragma once

#include "goakt/actor/shutdown_hook.h"
#include "goakt/base/clock.h"

#include <memory>
#include <vector>

namespace goakt::internal {

// Runs the hooks phase by phase and gathers what goes wrong. One thread.
class Shutdown {
 public:
  Shutdown(ActorSystem& system, const std::vector<std::shared_ptr<ShutdownHook>>& hooks,
           Clock& clock)
      : system_(system), hooks_(hooks), clock_(clock) {}

  void run(ShutdownPhase first, ShutdownPhase last);
  // All errors, in the order in which they came.
  void add(Status status);

  Status result() { return std::move(result_); }

 private:
  // False: no further hook may run.
  bool run(ShutdownHook& hook);

  ActorSystem& system_;
  const std::vector<std::shared_ptr<ShutdownHook>>& hooks_;
  Clock& clock_;
  Status result_;
  bool ended_ = false;
};

}  // namespace goakt::internal
