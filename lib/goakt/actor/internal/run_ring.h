#pragma once

#include "goakt/actor/internal/cell.h"

#include <algorithm>
#include <atomic>
#include <cstdint>

namespace goakt::internal {

// A worker's own run queue: bounded, FIFO. The owner pushes and pops, thieves take from the
// head.
class RunRing {
 public:
  static constexpr std::uint32_t kCapacity = 256;
  static constexpr std::uint32_t kMostStolen = 128;

  // Owner. False: full.
  bool push(Cell* cell) {
    const std::uint32_t tail = tail_.load(std::memory_order_relaxed);
    if (tail - head_.load(std::memory_order_acquire) == kCapacity) return false;
    slots_[tail % kCapacity].store(cell, std::memory_order_relaxed);
    tail_.store(tail + 1, std::memory_order_release);
    return true;
  }

  // Owner.
  Cell* pop() {
    std::uint32_t head = head_.load(std::memory_order_acquire);
    for (;;) {
      if (head == tail_.load(std::memory_order_relaxed)) return nullptr;
      Cell* cell = slots_[head % kCapacity].load(std::memory_order_relaxed);
      if (head_.compare_exchange_weak(head, head + 1, std::memory_order_acq_rel,
                                      std::memory_order_acquire))
        return cell;
    }
  }

  // Any other worker: moves the older half here into `to` (its own ring, empty) and returns one of
  // them; null when there is nothing.
  Cell* steal_into(RunRing& to) {
    std::uint32_t head = head_.load(std::memory_order_acquire);
    for (;;) {
      const std::uint32_t tail = tail_.load(std::memory_order_acquire);
      const std::uint32_t available = tail - head;
      // A head read long ago may lie behind a wrapped tail: read again.
      if (available == 0 || available > kCapacity) {
        const std::uint32_t again = head_.load(std::memory_order_acquire);
        if (again == head) return nullptr;
        head = again;
        continue;
      }
      const std::uint32_t count = std::min(available - available / 2, kMostStolen);
      Cell* taken[kMostStolen];
      for (std::uint32_t i = 0; i < count; ++i)
        taken[i] = slots_[(head + i) % kCapacity].load(std::memory_order_relaxed);
      // The owner reuses a slot only after the head has passed it, so a successful swap means that
      // what was read is what was there.
      if (head_.compare_exchange_strong(head, head + count, std::memory_order_acq_rel,
                                        std::memory_order_acquire)) {
        for (std::uint32_t i = 1; i < count; ++i) to.push(taken[i]);
        return taken[0];
      }
    }
  }

  // Owner: a look ahead, past what pop() gives next. It may be stolen meanwhile.
  Cell* peek(std::uint32_t ahead) const {
    const std::uint32_t at = head_.load(std::memory_order_relaxed) + ahead;
    if (static_cast<std::int32_t>(tail_.load(std::memory_order_relaxed) - at) <= 0) return nullptr;
    return slots_[at % kCapacity].load(std::memory_order_relaxed);
  }

  bool empty() const {
    return head_.load(std::memory_order_relaxed) == tail_.load(std::memory_order_relaxed);
  }

  std::uint32_t size() const {
    return tail_.load(std::memory_order_relaxed) - head_.load(std::memory_order_relaxed);
  }

 private:
  alignas(64) std::atomic<std::uint32_t> head_{0};
  alignas(64) std::atomic<std::uint32_t> tail_{0};
  std::atomic<Cell*> slots_[kCapacity] = {};
};

}  // namespace goakt::internal
