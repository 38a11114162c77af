#pragma once

#include "goakt/actor/internal/timing_wheel.h"
#include "goakt/base/clock.h"

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <new>
#include <thread>
#include <type_traits>
#include <utility>

namespace goakt::internal {

// Runs functions at a time, to the millisecond (never early). One thread, which sleeps until the
// next one is due; with a fake clock, whoever advances the clock calls fire_due(). Functions must
// be short: they send messages. Thread-safe; a thread's own timers of one instant fire in the order
// in which they were set.
//
// Every thread sets its timers on one of a few wheels, each under its own lock, so that concurrent
// asks do not queue up for one mutex. Setting and cancelling is O(1) and, once the wheel has grown
// to its size, without allocation for functions of up to 80 bytes.
class Timers {
 public:
  using Id = std::uint64_t;  // never 0

  explicit Timers(Clock& clock);
  ~Timers();

  void start();
  // Destroys what has not fired, unrun; nothing can be set any more.
  void stop();

  // 0 after stop(): the function will not run.
  template <class F>
  Id at(TimePoint due, F&& function) {
    using Function = std::decay_t<F>;
    const std::int64_t tick = tick_from(due);
    Shard& shard = own_shard();
    TimerEntry* entry;
    Id id;
    {
      std::lock_guard lock(shard.mutex);
      if (stopping_.load(std::memory_order_relaxed)) return 0;
      entry = shard.wheel.acquire();
      if constexpr (sizeof(Function) <= sizeof entry->storage &&
                    alignof(Function) <= alignof(std::max_align_t)) {
        ::new (entry->storage) Function(std::forward<F>(function));
        entry->trivial = std::is_trivially_destructible_v<Function>;
        entry->use = [](TimerEntry& e, bool run) {
          auto& f = *std::launder(reinterpret_cast<Function*>(e.storage));
          if (run) f();
          f.~Function();
        };
      } else {
        ::new (entry->storage) Function*(new Function(std::forward<F>(function)));
        entry->trivial = false;
        entry->use = [](TimerEntry& e, bool run) {
          auto* f = *std::launder(reinterpret_cast<Function**>(e.storage));
          if (run) (*f)();
          delete f;
        };
      }
      id = link(shard, *entry, tick);
    }
    if (tick < wake_at_.load(std::memory_order_seq_cst)) wake();
    return id;
  }

  template <class F>
  Id after(Duration delay, F&& function) {
    const TimePoint now = clock_.now();
    const bool for_ever = delay > TimePoint::max() - now;
    return at(for_ever ? TimePoint::max() : now + delay, std::forward<F>(function));
  }

  // False: it has fired, fires just now, or is unknown.
  bool cancel(Id id);
  // Fires what is due; returns how many.
  std::size_t fire_due();
  std::size_t pending() const;

 private:
  static constexpr std::size_t kShards = 8;

  struct alignas(64) Shard {
    mutable std::mutex mutex;  // guards wheel
    TimingWheel wheel;
    // No timer before this tick; written under the mutex.
    std::atomic<std::int64_t> bound{TimingWheel::kNever};
  };

  std::int64_t tick_from(TimePoint due) const;  // rounded up
  std::int64_t now_tick() const;                // rounded down
  Shard& own_shard();
  Id link(Shard& shard, TimerEntry& entry, std::int64_t tick);
  std::size_t fire_due(Shard& shard, std::int64_t now);
  void wake();
  void run();

  Clock& clock_;
  const TimePoint start_;
  std::array<Shard, kShards> shards_;
  std::atomic<bool> stopping_{false};
  // A timer before this tick must wake the thread: kNever while the thread looks for the next one,
  // 0 while it will look anyway.
  std::atomic<std::int64_t> wake_at_{0};
  std::mutex sleep_mutex_;  // guards woken_
  std::condition_variable changed_;
  bool woken_ = false;
  std::thread thread_;
};

}  // namespace goakt::internal
