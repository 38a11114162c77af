#pragma once

#include "goakt/actor/shutdown_hook.h"
#include "goakt/base/clock.h"

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace goakt::internal {

class System;

// One hook under way on a thread of its own, so that one that does not return holds up nobody for
// ever. The hook's thread and whoever waits share it.
class HookRun {
 public:
  HookRun(std::shared_ptr<ShutdownHook> hook, const System& system);

  // On a thread of its own; execute() is for the calling one. With the retries that it asks for.
  static void begin(const std::shared_ptr<HookRun>& run);
  void execute();
  // False: it has not ended by then.
  bool wait(Duration timeout);

  // No retry begins any more.
  void give_up() { given_up_.store(true, std::memory_order_relaxed); }

  // Afterwards nobody waits for it.
  void detach() { thread_.detach(); }

  // Once it has ended:
  Status take_status() { return std::move(status_); }

  // Whether the hooks behind it may run.
  bool goes_on() const { return goes_on_; }

 private:
  // False: it threw.
  bool attempt();

  const std::shared_ptr<ShutdownHook> hook_;
  ActorSystem& system_;
  const std::shared_ptr<Clock> clock_owner_;
  Clock& clock_;
  std::thread thread_;
  std::atomic<bool> given_up_{false};
  std::mutex mutex_;  // guards done_, and what the hook's thread leaves behind before it
  std::condition_variable changed_;
  bool done_ = false;
  Status status_;
  bool goes_on_ = false;
};

// Runs the hooks phase by phase and gathers what goes wrong. One thread.
class Shutdown {
 public:
  explicit Shutdown(System& system) : system_(system) {}

  // A hook that has not ended by the deadline is left alone, and those behind it are not run.
  void run(ShutdownPhase first, ShutdownPhase last, TimePoint deadline);
  // All errors, in the order in which they came.
  void add(Status status);

  Status result() { return std::move(result_); }

 private:
  // False: no further hook may run.
  bool run(const std::shared_ptr<ShutdownHook>& hook, TimePoint deadline);

  System& system_;
  Status result_;
  bool ended_ = false;
};

}  // namespace goakt::internal
