#pragma once

#include "goakt/actor/internal/dispatcher.h"
#include "goakt/actor/pid.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace goakt::internal {

// Looks after handlers that do not return. While workers run it wakes a few times per second; when
// all of them sleep it sleeps, too. A turn seen twice has its worker's queue handed to the others,
// because nobody else knows that the worker will not come back to it; one that lasts longer than
// the limit is reported, once. Real time, also where the system's clock is a fake one.
class Watchdog {
 public:
  // What was found: whose turn, and which message it is at.
  struct Stall {
    Pid actor;
    const MessageType* message;
    std::chrono::milliseconds age;
  };

  // `limit` zero: nothing is reported.
  Watchdog(WorkerPool& pool, std::chrono::milliseconds limit,
           std::function<void(const Stall&)> report);

  ~Watchdog() { stop(); }

  void start();
  void stop();

  // Any thread; from the next look on.
  void set_limit(std::chrono::milliseconds limit) {
    limit_ms_.store(limit.count(), std::memory_order_relaxed);
  }

  // Any thread: a worker has been woken.
  void nudge() {
    if (asleep_.load(std::memory_order_seq_cst)) wake();
  }

  // Changes every kPeriod while workers are awake.
  std::uint32_t beat() const { return beat_.load(std::memory_order_relaxed); }

  std::uint64_t stalls() const { return stalls_.load(std::memory_order_relaxed); }

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::milliseconds kPeriod{50};

  // The turn that a worker was last seen in.
  struct Seen {
    std::uint64_t turn = 0;
    Clock::time_point since{};
    bool reported = false;
  };

  void run();
  void wake();
  void look(Clock::time_point now);

  WorkerPool& pool_;
  std::atomic<std::chrono::milliseconds::rep> limit_ms_;
  const std::function<void(const Stall&)> report_;
  std::vector<Seen> seen_;  // by worker; the thread's own
  std::atomic<std::uint64_t> stalls_{0};
  std::atomic<std::uint32_t> beat_{0};
  std::atomic<bool> asleep_{false};
  std::mutex mutex_;  // guards the two below
  std::condition_variable changed_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace goakt::internal
