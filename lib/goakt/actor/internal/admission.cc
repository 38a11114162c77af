#include "goakt/actor/internal/system.h"

#include <sched.h>
#include <thread>

// Bounded mailboxes: who gets room, and what becomes of those who do not.

namespace goakt::internal {

Status reserve_room(Cell& cell, Envelope* message, bool& accepted) {
  CellExtension& x = *cell.extension.load(std::memory_order_acquire);
  accepted = true;
  if (x.room.fetch_sub(1, std::memory_order_acq_rel) > 0) return {};
  accepted = false;
  switch (x.mailbox->overflow()) {
    case Overflow::drop_new:
      x.room.fetch_add(1, std::memory_order_relaxed);
      dead_letter(cell, message, error_text(ErrorCode::mailbox_full));
      return {};
    case Overflow::drop_old:
      // One too many for a moment: the actor's next turn drops from the head until it fits.
      accepted = true;
      return {};
    case Overflow::block:
      if (this_thread.worker == nullptr && this_thread.running == nullptr) {
        x.room.fetch_add(1, std::memory_order_relaxed);
        while (cell.has(kRunning) && !cell.has(kStopping)) {
          if (x.room.load(std::memory_order_acquire) > 0) {
            if (x.room.fetch_sub(1, std::memory_order_acq_rel) > 0) {
              accepted = true;
              return {};
            }
            x.room.fetch_add(1, std::memory_order_relaxed);
          }
          std::this_thread::sleep_for(std::chrono::microseconds(50));
        }
        delete_envelope(message);
        return fail(ErrorCode::dead);
      }
      [[fallthrough]];
    case Overflow::fail:
      x.room.fetch_add(1, std::memory_order_relaxed);
      delete_envelope(message);
      return fail(ErrorCode::mailbox_full);
  }
  return {};
}

void return_to_mailbox(Cell& cell, Envelope* message) {
  if (cell.has(kAdmission)) {
    CellExtension& x = *extension_or_null(cell);
    if (x.room.fetch_sub(1, std::memory_order_acq_rel) <= 0) {
      x.room.fetch_add(1, std::memory_order_relaxed);
      dead_letter(cell, message, error_text(ErrorCode::mailbox_full));
      return;
    }
  }
  // Behind what has arrived: through the same inbox as everybody.
  message->next = nullptr;
  static_cast<void>(
      cell.inbox.push(message, message, 1, cell.generation.load(std::memory_order_relaxed)));
}

}  // namespace goakt::internal
