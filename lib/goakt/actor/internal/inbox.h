#pragma once

#include "goakt/message/envelope.h"

#include <atomic>
#include <cstdint>

namespace goakt::internal {

// Where every mailbox begins: a stack of envelopes in one atomic word, pushed by anybody, taken
// whole by the actor's current runner. The same word says whether the actor must be scheduled, so a
// send costs one compare-and-swap and no second flag. What order messages are handled in is decided
// behind it (mailbox.h), by one thread at a time.
//
// Word: [63:48] messages pushed since the last take (saturating; the excess is in `overflow_`),
//       [47:6]  newest envelope (64-byte aligned),
//       [5:2]   low bits of the cell's generation: a push through a stale handle fails although the
//               cell was reused between its check and its swap,
//       [1:0]   0 active (scheduled or running), 1 idle, 2 closed.
class Inbox {
 public:
  enum class Push : std::uint8_t { queued, activated, closed };

  // For a cell that nobody else can see yet. Starts active: whoever created it releases it.
  void open(std::uint32_t generation) {
    word_.store(gen_bits(generation), std::memory_order_release);
    overflow_.store(0, std::memory_order_relaxed);
  }

  // Pushes the chain newest → ... → oldest of `count` envelopes. `activated`: the caller must
  // schedule the actor.
  Push push(Envelope* newest, Envelope* oldest, std::uint32_t count, std::uint32_t generation) {
    std::uint64_t word = word_.load(std::memory_order_relaxed);
    for (;;) {
      if ((word & (kGenMask | kClosed)) != gen_bits(generation)) return Push::closed;
      oldest->next = pointer(word);
      const std::uint64_t counted = (word >> kCountShift) + count;
      const std::uint64_t kept = counted > kCountMax ? kCountMax : counted;
      const std::uint64_t next =
          (kept << kCountShift) | reinterpret_cast<std::uint64_t>(newest) | (word & kGenMask);
      // release: the consumer sees the messages. acquire: whoever activates the actor has seen the
      // last turn, and hands that on to the next runner.
      if (word_.compare_exchange_weak(word, next, std::memory_order_acq_rel,
                                      std::memory_order_relaxed)) {
        if (GOAKT_UNLIKELY(counted > kCountMax))
          overflow_.fetch_add(static_cast<std::uint32_t>(counted - kept),
                              std::memory_order_relaxed);
        return (word & kIdle) != 0 ? Push::activated : Push::queued;
      }
#if defined(__x86_64__)
      __builtin_ia32_pause();
#endif
    }
  }

  // Runner only. All messages, oldest first; `count` how many they are.
  Envelope* take_all(std::int64_t& count) {
    std::uint64_t word = word_.load(std::memory_order_relaxed);
    if (pointer(word) == nullptr) {
      count = 0;
      return nullptr;
    }
    word = word_.exchange(word & kGenMask, std::memory_order_acquire);
    return reversed(word, count);
  }

  // Runner only: nothing queued → idle, and the caller may no longer touch the actor. False: there
  // are messages. seq_cst pairs with the control list's push (cell.h): either the pusher sees idle
  // or the runner sees the control message.
  bool try_idle() {
    std::uint64_t word = word_.load(std::memory_order_relaxed) & kGenMask;
    return word_.compare_exchange_strong(word, word | kIdle, std::memory_order_seq_cst,
                                         std::memory_order_relaxed);
  }

  // Glances: they save swaps that would fail.
  bool seems_idle() const {
    return (word_.load(std::memory_order_relaxed) & kIdle) != 0;
  }

  bool seems_empty() const {
    return pointer(word_.load(std::memory_order_relaxed)) == nullptr;
  }

  // Idle → active: the caller is now the runner, or must schedule the actor.
  bool try_activate(std::uint32_t generation) {
    std::uint64_t word = gen_bits(generation) | kIdle;
    return word_.compare_exchange_strong(word, word & ~kIdle, std::memory_order_seq_cst,
                                         std::memory_order_relaxed);
  }

  // Runner only: refuses everything from now on; returns what was queued.
  Envelope* close(std::int64_t& count) {
    const std::uint64_t word = word_.exchange(
        (word_.load(std::memory_order_relaxed) & kGenMask) | kClosed, std::memory_order_acq_rel);
    return reversed(word, count);
  }

  void prefetch_newest() const {
    __builtin_prefetch(pointer(word_.load(std::memory_order_relaxed)), 1);
  }

  // Messages pushed and not yet taken. Any thread.
  std::int64_t depth() const {
    return static_cast<std::int64_t>(word_.load(std::memory_order_relaxed) >> kCountShift) +
           static_cast<std::int64_t>(overflow_.load(std::memory_order_relaxed));
  }

 private:
  static constexpr std::uint64_t kCountShift = 48;
  static constexpr std::uint64_t kCountMax = 0xffff;
  static constexpr std::uint64_t kGenMask = 0xf << 2;
  static constexpr std::uint64_t kIdle = 1;
  static constexpr std::uint64_t kClosed = 2;
  static constexpr std::uint64_t kPointerMask = 0x0000'ffff'ffff'ffc0;

  static std::uint64_t gen_bits(std::uint32_t generation) {
    return (generation & 0xf) << 2;
  }

  static Envelope* pointer(std::uint64_t word) {
    return reinterpret_cast<Envelope*>(word & kPointerMask);
  }

  Envelope* reversed(std::uint64_t word, std::int64_t& count) {
    std::uint64_t counted = word >> kCountShift;
    // Adds that follow their swap late are counted in the next take: the sum stays right.
    if (GOAKT_UNLIKELY(counted == kCountMax))
      counted += overflow_.exchange(0, std::memory_order_relaxed);
    count = static_cast<std::int64_t>(counted);
    Envelope* oldest_first = nullptr;
    for (Envelope* e = pointer(word); e != nullptr;) {
      Envelope* next = e->next;
      if (next != nullptr) __builtin_prefetch(next);
      e->next = oldest_first;
      oldest_first = e;
      e = next;
    }
    return oldest_first;
  }

  std::atomic<std::uint64_t> word_{kClosed};
  std::atomic<std::uint32_t> overflow_{0};
};

}  // namespace goakt::internal
