#pragma once

#include "goakt/actor/internal/cell.h"
#include "goakt/actor/internal/timers.h"
#include "goakt/base/clock.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>

namespace goakt::internal {

// Stops actors that have been idle for their time. An actor costs 16 bytes here and nothing while
// it works: its deadline stands where it was set, and only when that has passed does anybody look
// at the time stamp that each turn leaves in the cell, and sets the next one. Any thread.
class Passivator {
 public:
  explicit Passivator(System& system);

  void start();
  void stop();

  // An actor has started. Nothing happens if it is not passivated by time.
  void add(Cell& cell);
  // Its pause has ended; in its own turn.
  void resumed(Cell& cell);
  // It is gone; its entry is thrown away at its deadline, or when there are many like it.
  void removed(const Cell& cell);

  std::size_t entries() const;

  // How often an actor turned out to have worked since its deadline was set.
  std::uint64_t rearmed() const { return rearmed_.load(std::memory_order_relaxed); }

 private:
  static constexpr std::size_t kShards = 8;
  static constexpr std::size_t kWorthCompacting = 4'096;

  struct Entry {
    Cell* cell;
    std::uint32_t generation;
    std::uint32_t due;  // milliseconds since the system's start, wrapping
  };

  static_assert(sizeof(Entry) == 16);

  struct alignas(64) Shard {
    mutable std::mutex mutex;  // guards everything below
    std::deque<Entry> heap;    // earliest first; grows in small pieces
    std::size_t gone = 0;      // of them, about
    Timers::Id timer = 0;
    std::uint32_t armed = 0;  // what the timer waits for, when there is one
  };

  static bool later(const Entry& a, const Entry& b) {
    return static_cast<std::int32_t>(a.due - b.due) > 0;
  }

  Shard& shard_of(const Cell& cell);
  std::uint32_t now_ms() const;
  void wait(Cell& cell, std::uint32_t due);
  void arm(Shard& shard);
  void expire(Shard& shard);
  // True: the actor has worked meanwhile, and the entry its new deadline.
  bool has_worked(Entry& entry, std::uint32_t now);
  // Stops the actor, or sets its next deadline. In its own turn: never in the middle of a handler.
  void review(Cell& cell);
  void compact(Shard& shard);

  System& system_;
  std::atomic<bool> running_{false};
  std::atomic<std::uint64_t> rearmed_{0};
  std::array<Shard, kShards> shards_;
};

}  // namespace goakt::internal
