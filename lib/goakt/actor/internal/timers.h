#pragma once

#include "goakt/base/clock.h"

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

namespace goakt::internal {

// Runs functions at a time. One thread, which sleeps until the next one is due; with a fake clock
// and no thread, fire_due() is called by whoever advances the clock. Functions must be short: they
// send messages. Thread-safe.
class Timers {
 public:
  using Id = std::uint64_t;  // never 0

  explicit Timers(Clock& clock) : clock_(clock) {}

  ~Timers() { stop(); }

  void start();
  void stop();
  Id at(TimePoint due, std::function<void()> function);

  Id after(Duration delay, std::function<void()> function) {
    return at(clock_.now() + delay, std::move(function));
  }

  // False: it has fired, fires just now, or is unknown.
  bool cancel(Id id);
  // Fires what is due; returns how many.
  std::size_t fire_due();
  std::size_t pending() const;

 private:
  void run();

  Clock& clock_;
  mutable std::mutex mutex_;  // guards everything below
  std::condition_variable changed_;
  std::map<std::pair<TimePoint, Id>, std::function<void()>> queue_;
  std::map<Id, TimePoint> due_;
  Id next_id_ = 1;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace goakt::internal
