#pragma once

#include "goakt/actor/internal/cell.h"
#include "goakt/actor/internal/spin.h"

#include <atomic>
#include <cstdint>

namespace goakt::internal {

// The way in for one outside thread: a ring of envelopes that the thread fills with plain stores
// and a worker empties into the actors' inboxes in batches. A tell from outside so costs no atomic
// read-modify-write and never waits for the line of an inbox that a worker is using.
//
// One producer (the owning thread); one consumer at a time (whoever holds `draining`), so the order
// of one thread's messages is kept. A full ring is emptied by the producer itself: lanes delay,
// they never drop and never bound a mailbox.
//
// While in the ring, Envelope::next holds the target: cell and the low half of its generation.
class alignas(64) Lane {
 public:
  static constexpr std::uint32_t kCapacity = 4096;

  // Producer. False: full.
  bool append(Envelope* envelope, Cell* target, std::uint32_t generation) {
    const std::uint32_t tail = tail_.load(std::memory_order_relaxed);
    if (GOAKT_UNLIKELY(tail - known_head_ == kCapacity)) {
      known_head_ = head_.load(std::memory_order_acquire);
      if (tail - known_head_ == kCapacity) return false;
    }
    envelope->next = reinterpret_cast<Envelope*>(reinterpret_cast<std::uint64_t>(target) |
                                                 std::uint64_t{generation} << 48);
    ring_[tail % kCapacity] = envelope;
    tail_.store(tail + 1, std::memory_order_release);
    return true;
  }

  bool empty() const {
    return head_.load(std::memory_order_relaxed) == tail_.load(std::memory_order_relaxed);
  }

  std::uint32_t size() const {
    return tail_.load(std::memory_order_relaxed) - head_.load(std::memory_order_relaxed);
  }

  // Hands up to `limit` envelopes to `deliver(Cell*, generation16, newest, oldest, count)`,
  // consecutive ones for one actor as one chain. 0: nothing there, or somebody else is at it.
  template <class Deliver>
  std::uint32_t drain(std::uint32_t limit, Deliver&& deliver) {
    if (empty() || !draining_.try_lock()) return 0;
    const std::uint32_t head = head_.load(std::memory_order_relaxed);
    const std::uint32_t available = tail_.load(std::memory_order_acquire) - head;
    const std::uint32_t count = available < limit ? available : limit;
    constexpr std::uint32_t kAhead = 8;
    for (std::uint32_t i = 0; i < count;) {
      Envelope* oldest = ring_[(head + i) % kCapacity];
      const auto target = reinterpret_cast<std::uint64_t>(oldest->next);
      Envelope* newest = oldest;
      std::uint32_t chain = 1;
      for (++i; i < count; ++i, ++chain) {
        if (i + kAhead < count) __builtin_prefetch(ring_[(head + i + kAhead) % kCapacity], 1);
        Envelope* next = ring_[(head + i) % kCapacity];
        if (reinterpret_cast<std::uint64_t>(next->next) != target) break;
        next->next = newest;
        newest = next;
      }
      deliver(reinterpret_cast<Cell*>(target & 0x0000'ffff'ffff'ffffull), target >> 48, newest,
              oldest, chain);
    }
    head_.store(head + count, std::memory_order_release);
    draining_.unlock();
    return count;
  }

 private:
  alignas(64) std::atomic<std::uint32_t> tail_{0};
  std::uint32_t known_head_ = 0;  // producer's
  alignas(64) std::atomic<std::uint32_t> head_{0};
  SpinLock draining_;
  alignas(64) Envelope* ring_[kCapacity];
};

}  // namespace goakt::internal
