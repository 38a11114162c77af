#pragma once

#include "goakt/actor/internal/spin.h"
#include "goakt/actor/mailbox.h"

#include <algorithm>
#include <atomic>
#include <cstdint>

namespace goakt::internal {

// The door of a bounded mailbox. Senders take a place before they enter, the runner gives it back
// when it takes a message out. PostStart and what waits in the stash hold no place.
//
// Shared: a sender that waits for room keeps it alive beyond its actor.
struct Admission {
  Admission(std::size_t places, Overflow policy)
      : capacity(static_cast<std::int64_t>(places)), overflow(policy), room(capacity) {}

  const std::int64_t capacity;
  const Overflow overflow;
  // Free places. Waited on by blocked senders.
  std::atomic<std::int64_t> room;
  std::atomic<bool> closed{false};
  // Runner only: places of messages taken out, which are given back together, because senders on
  // other CPUs use the same word. None is owed when the actor goes idle.
  std::int64_t owed = 0;
  const std::int64_t most_owed = shares_queue() ? 1 : std::clamp<std::int64_t>(capacity / 8, 1, 64);
  // Overflow::drop_old only: senders put messages into the actor's queue themselves, because they
  // must drop its head. Guards that queue; nobody calls out while holding it.
  SpinLock queue_lock;

  // Places in use; any thread. Within a turn it may count some that are owed.
  std::uint64_t taken() const {
    const std::int64_t used = capacity - room.load(std::memory_order_relaxed);
    return used < 0 ? 0 : static_cast<std::uint64_t>(used);
  }

  bool shares_queue() const { return overflow == Overflow::drop_old; }

  // seq_cst pairs with the inbox's idle state: either a sender finds the actor idle and wakes it,
  // or the runner that goes idle sees the message here.
  bool has_queued() const { return room.load(std::memory_order_seq_cst) < capacity; }
};

}  // namespace goakt::internal
