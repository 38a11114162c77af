#pragma once

#include "goakt/actor/internal/reply_slot.h"
#include "goakt/actor/internal/timers.h"
#include "goakt/actor/request.h"

#include <atomic>
#include <memory>
#include <string>

namespace goakt::internal {

// One reentrant request. Owned by its actor while it is open and by the handles that users keep;
// everything but the count belongs to the actor's turn.
struct RequestRecord {
  static void* operator new(std::size_t size) { return pool::allocate_block(size); }

  static void operator delete(void* memory, std::size_t size) noexcept {
    pool::free_block(memory, size);
  }

  ~RequestRecord() {
    if (reply != nullptr) delete_envelope(reply);
  }

  void retain() noexcept { references.fetch_add(1, std::memory_order_relaxed); }

  void release() noexcept {
    if (references.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

  static RequestCall handle(RequestRecord* record) {
    record->retain();
    return RequestCall(record);
  }

  std::atomic<std::uint32_t> references{1};
  bool holds_messages = false;  // user messages wait for it
  bool has_callback = false;
  Pid self;
  std::uint64_t origin = 0;   // names the request for ever
  ReplySlot* slot = nullptr;  // null once it has ended
  Timers::Id timer = 0;
  RequestRecord* previous = nullptr;  // list of the actor
  RequestRecord* next = nullptr;
  RequestCallback callback;
  // The outcome, kept for a callback that is still to come.
  Envelope* reply = nullptr;
  std::unique_ptr<Error> error;
};

// In the actor's turn: ends all its requests without calling anybody back.
void cancel_requests(Cell& cell);
// What an ask or request of that origin is called in logs and across nodes.
std::string correlation_text(std::uint64_t origin);

}  // namespace goakt::internal
