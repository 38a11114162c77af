#pragma once

#include "goakt/actor/internal/inbox.h"
#include "goakt/message/envelope.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>

namespace goakt {
class Actor;
struct Behaviour;
}  // namespace goakt

namespace goakt::internal {

struct CellExtension;
struct KindInfo;
class System;
struct Cell;

// Bits of Cell::flags. The first ten are GoAkt's (actor/pid_state.go) at its positions.
enum Flag : std::uint32_t {
  kRunning = 1u << 0,
  kStopping = 1u << 1,
  kSuspended = 1u << 2,
  kPassivating = 1u << 3,
  kPassivationPaused = 1u << 4,
  kPassivationSkipNext = 1u << 5,
  kSingleton = 1u << 6,
  kRelocatable = 1u << 7,
  kSystemActor = 1u << 8,
  kRemote = 1u << 9,
  // Ours.
  kDirectTell = 1u << 10,    // tells must enter the mailbox at once (shared queues, own pools)
  kSystemPool = 1u << 11,    // runs on the runtime's own threads
  kBlockingPool = 1u << 12,  // runs on a thread of the blocking pool
  kAdmission = 1u << 13,     // bounded: sends reserve room first
  kInternal = 1u << 14,      // not counted in NumActors though no system actor (routers, routees)
  kInlineAsk = 1u << 15,     // an outside asker may run the turn
  kRestarting = 1u << 16,
  kLongLived = 1u << 17,
  kCountPassivation = 1u << 18,   // passivated after a number of messages
  kStarting = 1u << 19,           // its name is taken, pre_start has not ended
  kPassivationParked = 1u << 20,  // paused past its deadline
  kSharedQueue = 1u << 21,        // senders reach into its queue (Overflow::drop_old)
};

// Sends are taken only in this state.
inline constexpr std::uint32_t kAcceptMask =
    kRunning | kStopping | kSuspended | kPassivating | kRemote | kRestarting;

// A node of the control list: an envelope whose `origin` is the function that runs in the actor's
// turn (or 0: a control message for the behaviour).
using ControlFn = void (*)(Cell&, Envelope&);

inline constexpr std::size_t kInlineNameSize = 24;

// Why a runner leaves user messages where they are (Cell::masked).
enum MaskReason : std::uint8_t {
  kMaskSuspended = 1,
  kMaskStopping = 2,
  kMaskAwaiting = 4,  // a coroutine or blocking request is open
  kMaskRestarting = 8,
};

// An actor's control block: three cache lines. The memory is never returned while the system lives,
// and reused only under a new generation, so a stale handle reads an old generation and not
// garbage.
//
// Line 1 is read by every sender and written rarely. Line 2 is the hot one: senders swap the inbox
// word, the current runner owns the rest. Line 3 is for inspection and the tree.
struct alignas(64) Cell {
  // -- line 1: read-mostly
  std::atomic<std::uint32_t> flags{0};
  std::atomic<std::uint32_t> generation{0};
  System* system = nullptr;
  const Behaviour* behaviour = nullptr;            // runner only, after the spawn
  Actor* actor = nullptr;                          // owned; runner only, after the spawn
  std::atomic<CellExtension*> extension{nullptr};  // owned; null for an actor with nothing special
  Cell* parent = nullptr;
  KindInfo* kind = nullptr;
  std::uint64_t spawn_sequence = 0;  // later actors of one name win the flat index

  // -- line 2: hot
  [[no_unique_address]] Inbox inbox;        // leaves the end of its second word to `masked`
  std::uint8_t masked = 0;                  // runner only: why user messages wait (MaskReason bits)
  std::atomic<Envelope*> control{nullptr};  // newest first; kControlClosed when the actor is gone
  Envelope* local_head = nullptr;           // messages taken from the inbox, oldest first
  Envelope* local_tail = nullptr;
  Cell* next_free = nullptr;  // in the store's list of free cells
  // Written by the runner; may lag by the inbox's residue.
  std::atomic<std::int32_t> local_count{0};
  // Since the system's start, coarse; runner writes.
  std::atomic<std::uint32_t> last_activity_ms{0};
  std::atomic<std::uint64_t> processed{
      0};  // user messages handled, without PostStart; runner writes

  // -- line 3: tree, counters, name
  std::atomic<std::uint32_t> started_ms{0};  // since the system's start
  std::atomic<std::uint16_t> restarts{0};
  std::atomic<std::uint16_t> failures{0};
  std::atomic<std::uint16_t> reinstated{0};
  std::uint8_t name_size = 0;
  // Of one message of the last turn that was timed; only with SystemOptions::metrics; runner
  // writes.
  std::atomic<float> last_processing_ns{0};
  Cell* first_child = nullptr;  // guarded by the system's tree lock of this cell
  Cell* previous_sibling = nullptr;
  Cell* next_sibling = nullptr;
  char name_buffer[kInlineNameSize];  // the name, or a pointer to it when it is longer

  std::string_view name() const {
    if (name_size <= kInlineNameSize) return {name_buffer, name_size};
    const char* text;
    std::memcpy(&text, name_buffer, sizeof text);
    return {text, name_size};
  }

  bool has(std::uint32_t flag) const { return (flags.load(std::memory_order_relaxed) & flag) != 0; }

  bool is(std::uint32_t expected_generation) const {
    return generation.load(std::memory_order_acquire) == expected_generation;
  }

  std::int64_t depth() const {
    const std::int64_t depth = inbox.depth() + local_count.load(std::memory_order_relaxed);
    return depth < 0 ? 0 : depth;
  }
};

static_assert(sizeof(Cell) == 192);
// A turn of a plain actor touches the first two lines and the actor's object.
static_assert(offsetof(Cell, inbox) == 64 && offsetof(Cell, last_activity_ms) < 128);

}  // namespace goakt::internal
