#include "goakt/actor/internal/admission.h"

#include "goakt/actor/internal/system.h"

// Bounded mailboxes: who gets room, and what becomes of those who do not.

namespace goakt::internal {

namespace {

// A place, if there is one.
bool take_place(Admission& admission) {
  std::int64_t room = admission.room.load(std::memory_order_relaxed);
  while (room > 0)
    if (admission.room.compare_exchange_weak(room, room - 1, std::memory_order_acq_rel,
                                             std::memory_order_relaxed))
      return true;
  return false;
}

// Puts the message into the shared queue, in the place of its head if need be.
Status replace_oldest(Cell& cell, CellExtension& x, std::uint32_t generation, Envelope* message) {
  Admission& admission = *x.admission;
  Envelope* dropped = nullptr;
  {
    std::lock_guard lock(admission.queue_lock);
    if (admission.closed.load(std::memory_order_relaxed) || !cell.is(generation)) {
      dropped = message;
      message = nullptr;
    } else {
      if (take_place(admission))
        cell.local_count.fetch_add(1, std::memory_order_relaxed);
      else
        dropped = x.queue->pop();
      x.queue->push(message);
    }
  }
  if (message == nullptr) {
    delete_envelope(dropped);
    return fail(ErrorCode::dead);
  }
  if (dropped != nullptr) dead_letter(cell, dropped, error_text(ErrorCode::mailbox_full));
  if (cell.inbox.try_activate(generation)) cell.system->dispatcher.schedule(cell);
  return {};
}

// Outside threads only. False: the actor has stopped, or (deterministic systems) will never take
// anything out.
bool wait_for_place(Cell& cell, const std::shared_ptr<Admission>& admission) {
  Dispatcher& dispatcher = cell.system->dispatcher;
  for (;;) {
    if (admission->closed.load(std::memory_order_acquire)) return false;
    if (take_place(*admission)) return true;
    if (dispatcher.seeded()) {
      if (!dispatcher.run_one()) return false;
    } else {
      admission->room.wait(0, std::memory_order_acquire);
    }
  }
}

}  // namespace

Status reserve_room(Cell& cell, std::uint32_t generation, Envelope* message, bool& accepted) {
  CellExtension& x = *cell.extension.load(std::memory_order_acquire);
  const std::shared_ptr<Admission> admission = x.admission;
  accepted = false;
  if (admission->shares_queue()) return replace_oldest(cell, x, generation, message);
  if (take_place(*admission)) {
    accepted = true;
    return {};
  }
  switch (admission->overflow) {
    case Overflow::drop_new:
      dead_letter(cell, message, error_text(ErrorCode::mailbox_full));
      return {};
    case Overflow::block:
      if (this_thread.worker == nullptr && this_thread.running == nullptr &&
          !this_thread.must_not_block) {
        // What this thread has told others may be what makes room here.
        cell.system->dispatcher.normal().flush_lane();
        if (wait_for_place(cell, admission)) {
          accepted = true;
          return {};
        }
        if (admission->closed.load(std::memory_order_acquire)) {
          delete_envelope(message);
          return fail(ErrorCode::dead);
        }
      }
      break;
    case Overflow::fail:
    case Overflow::drop_old:
      break;
  }
  delete_envelope(message);
  return fail(ErrorCode::mailbox_full);
}

void give_room(Admission& admission, std::int64_t places) {
  admission.room.fetch_add(places, std::memory_order_acq_rel);
  if (admission.overflow == Overflow::block) admission.room.notify_all();
}

void close_admission(Cell& cell) {
  CellExtension* x = extension_or_null(cell);
  if (x == nullptr || x->admission == nullptr) return;
  Admission& admission = *x->admission;
  {
    std::lock_guard lock(admission.queue_lock);
    admission.closed.store(true, std::memory_order_release);
  }
  // Wakes the waiting: they look at `closed` first.
  if (admission.overflow == Overflow::block) give_room(admission, admission.capacity);
}

void return_to_mailbox(Cell& cell, Envelope* message) {
  const std::uint32_t generation = cell.generation.load(std::memory_order_relaxed);
  message->next = nullptr;
  if (cell.has(kAdmission)) {
    CellExtension& x = *extension_or_null(cell);
    if (x.admission->shares_queue()) {
      static_cast<void>(replace_oldest(cell, x, generation, message));
      return;
    }
    if (!take_place(*x.admission)) {
      dead_letter(cell, message, error_text(ErrorCode::mailbox_full));
      return;
    }
  }
  // Behind what has arrived: through the same inbox as everybody.
  static_cast<void>(cell.inbox.push(message, message, 1, generation));
}

}  // namespace goakt::internal
