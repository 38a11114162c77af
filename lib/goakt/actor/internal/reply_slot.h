#pragma once

#include "goakt/base/error.h"
#include "goakt/message/envelope.h"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>

namespace goakt::internal {

struct Cell;

// Where the answer to one ask arrives. Slots are reused but their memory never goes back, and every
// use has a generation of its own: a late answer finds another generation and is dropped, it never
// reaches a later ask. One thread or actor waits, any thread may answer; the first answer wins.
//
// word: [63:8] generation, [7:0] state. The low half doubles as the futex of a waiting thread.
struct alignas(64) ReplySlot {
  enum State : std::uint8_t {
    free,
    waiting,   // nobody answered yet
    sleeping,  // the same, and the asking thread is in the kernel
    writing,   // an answer won and is being stored
    done,
  };

  std::atomic<std::uint64_t> word{0};
  std::uint32_t index = 0;                         // position in the table; set once
  std::atomic<std::uint32_t> asker_generation{0};  // who asks; nobody for outside threads
  std::atomic<Cell*> asker{nullptr};
  // Called by the answering thread once the answer is stored, when an actor waits: tells that
  // actor. From then on the slot may serve another ask; `word` says which one was meant.
  void (*notify)(ReplySlot& slot, std::uint64_t word, Cell& asker,
                 std::uint32_t asker_generation) = nullptr;
  void* waiter = nullptr;
  Envelope* reply = nullptr;  // the answer; null: `error`
  std::unique_ptr<Error> error;
  ReplySlot* next_free = nullptr;

  static constexpr std::uint64_t generation_of(std::uint64_t word) { return word >> 8; }

  static constexpr State state_of(std::uint64_t word) { return static_cast<State>(word & 0xff); }
};

// -- The waiting side
// --------------------------------------------------------------------------------

// A slot in state `waiting` with a new generation.
ReplySlot& acquire_slot();
// Gives the slot back; whatever answer it holds is destroyed.
void release_slot(ReplySlot& slot) noexcept;
// What travels in Envelope::origin (origin.h).
std::uint64_t origin_of(const ReplySlot& slot);
// Blocks the calling thread until the slot is done or the time is over; then the slot no longer
// takes an answer. True: done.
bool wait_for_reply(ReplySlot& slot, std::chrono::nanoseconds timeout);
// No answer will be taken any more; false: one was faster (wait for `done`).
bool abandon(ReplySlot& slot) noexcept;

// -- The answering side
// ------------------------------------------------------------------------------

// Both take ownership. False: nobody waits any more (answered, timed out, cancelled).
bool complete(std::uint64_t origin, Envelope* reply);
bool complete_with_error(std::uint64_t origin, Error error);
// True while the asker still waits.
bool is_waiting(std::uint64_t origin);
ReplySlot& slot_of(std::uint64_t origin);

}  // namespace goakt::internal
