#pragma once

#include "goakt/actor/internal/cell.h"
#include "goakt/actor/internal/spin.h"

#include <atomic>
#include <chrono>
#include <cstdint>

namespace goakt::internal {

struct Worker;

// The way in for one outside thread: a ring of envelopes that the thread fills with plain stores
// and a worker empties into the actors' inboxes in batches. A tell from outside so costs no atomic
// read-modify-write and never waits for the line of an inbox that a worker is using.
//
// One producer (the owning thread); one consumer at a time (whoever holds `draining`), so the order
// of one thread's messages is kept. The worker that emptied it last attends to it, and the others
// leave it alone while that one makes progress. A ring that stays full is emptied by the producer
// itself: lanes delay, they never drop and never bound a mailbox.
//
// While in the ring, Envelope::next holds the target: cell and the low half of its generation.
class alignas(64) Lane {
 public:
  static constexpr std::uint32_t kCapacity = 4096;
  static constexpr std::chrono::nanoseconds kPatience = std::chrono::microseconds(400);

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

  // How far consumers have come.
  std::uint32_t progress() const { return head_.load(std::memory_order_relaxed); }

  // The worker that emptied it last, or null.
  std::atomic<Worker*> attendant{nullptr};

  // Producer: how long it waits before a full lane; less after having waited in vain.
  std::chrono::nanoseconds patience = kPatience;

  // Hands up to `limit` envelopes to `deliver(Cell*, generation16, oldest, newest, count)`,
  // consecutive ones for one actor as one chain. 0: nothing there, or somebody else is at it.
  template <class Deliver>
  std::uint32_t drain(std::uint32_t limit, Deliver&& deliver) {
    if (empty() || !draining_.try_lock()) return 0;
    const std::uint32_t head = head_.load(std::memory_order_relaxed);
    const std::uint32_t available = tail_.load(std::memory_order_acquire) - head;
    const std::uint32_t count = available < limit ? available : limit;
    // Both the envelope, which another CPU wrote, and the actor that it names are far away.
    constexpr std::uint32_t kEnvelopesAhead = 12;
    constexpr std::uint32_t kTargetsAhead = 6;
    const auto prefetch = [&](std::uint32_t i) {
      if (i + kEnvelopesAhead < count)
        __builtin_prefetch(ring_[(head + i + kEnvelopesAhead) % kCapacity], 1);
      if (i + kTargetsAhead < count)
        __builtin_prefetch(&target_of(*ring_[(head + i + kTargetsAhead) % kCapacity])->inbox, 1);
    };
    for (std::uint32_t i = 0; i < count;) {
      Envelope* const oldest = ring_[(head + i) % kCapacity];
      const auto target = reinterpret_cast<std::uint64_t>(oldest->next);
      Envelope* newest = oldest;
      std::uint32_t chain = 1;
      prefetch(i);
      for (++i; i < count; ++i, ++chain) {
        Envelope* next = ring_[(head + i) % kCapacity];
        if (reinterpret_cast<std::uint64_t>(next->next) != target) break;
        prefetch(i);
        newest->next = next;
        newest = next;
      }
      deliver(cell_of(target), target >> 48, oldest, newest, chain);
    }
    head_.store(head + count, std::memory_order_release);
    draining_.unlock();
    return count;
  }

 private:
  static Cell* cell_of(std::uint64_t target) {
    return reinterpret_cast<Cell*>(target & 0x0000'ffff'ffff'ffffull);
  }

  static Cell* target_of(const Envelope& envelope) {
    return cell_of(reinterpret_cast<std::uint64_t>(envelope.next));
  }

  alignas(64) std::atomic<std::uint32_t> tail_{0};
  std::uint32_t known_head_ = 0;  // producer's
  alignas(64) std::atomic<std::uint32_t> head_{0};
  SpinLock draining_;
  alignas(64) Envelope* ring_[kCapacity];
};

}  // namespace goakt::internal
