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

  // Hands up to `limit` envelopes to `deliver(Cell*, generation16, oldest, newest, count)`, those
  // for one actor as one chain in the order of sending. 0: nothing there, or somebody else is at
  // it.
  template <class Deliver>
  std::uint32_t drain(std::uint32_t limit, Deliver&& deliver) {
    if (empty() || !draining_.try_lock()) return 0;
    const std::uint32_t head = head_.load(std::memory_order_relaxed);
    const std::uint32_t available = tail_.load(std::memory_order_acquire) - head;
    const std::uint32_t count = available < limit ? available : limit;
    const auto hand_over = [&](const Chain& chain) {
      deliver(cell_of(chain.target), chain.target >> 48, chain.oldest, chain.newest, chain.count);
    };
    constexpr std::uint32_t kAhead = 12;  // another CPU wrote them
    std::uint32_t used = 0;
    Chain* chain = nullptr;
    for (std::uint32_t i = 0; i < count; ++i) {
      if (i + kAhead < count) __builtin_prefetch(ring_[(head + i + kAhead) % kCapacity], 1);
      Envelope* const envelope = ring_[(head + i) % kCapacity];
      const auto target = reinterpret_cast<std::uint64_t>(envelope->next);
      if (chain == nullptr || chain->target != target) {
        const std::uint32_t slot = slot_of(target);
        chain = &chains_[slot];
        if (chain->target != target) {
          if (chain->target == 0)
            used_[used++] = static_cast<std::uint8_t>(slot);
          else
            hand_over(*chain);
          __builtin_prefetch(cell_of(target));
          __builtin_prefetch(&cell_of(target)->inbox, 1);
          *chain = {target, envelope, envelope, 1};
          continue;
        }
      }
      chain->newest->next = envelope;
      chain->newest = envelope;
      ++chain->count;
    }
    for (std::uint32_t i = 0; i < used; ++i) {
      hand_over(chains_[used_[i]]);
      chains_[used_[i]].target = 0;
    }
    head_.store(head + count, std::memory_order_release);
    draining_.unlock();
    return count;
  }

 private:
  static Cell* cell_of(std::uint64_t target) {
    return reinterpret_cast<Cell*>(target & 0x0000'ffff'ffff'ffffull);
  }

  // What goes to one actor.
  struct Chain {
    std::uint64_t target = 0;
    Envelope* oldest;
    Envelope* newest;
    std::uint32_t count;
  };

  static constexpr std::uint32_t kChains = 256;

  static std::uint32_t slot_of(std::uint64_t target) {
    return static_cast<std::uint32_t>((target >> 6) * 0x9e37'79b9'7f4a'7c15ull >> 56);
  }

  alignas(64) std::atomic<std::uint32_t> tail_{0};
  std::uint32_t known_head_ = 0;  // producer's
  alignas(64) std::atomic<std::uint32_t> head_{0};
  SpinLock draining_;
  // Of the drain under way; all unused between two.
  Chain chains_[kChains];
  std::uint8_t used_[kChains];
  alignas(64) Envelope* ring_[kCapacity];
};

}  // namespace goakt::internal
