#include "goakt/actor/internal/async.h"

#include "goakt/actor/internal/ask_deadline.h"
#include "goakt/actor/internal/request_record.h"
#include "goakt/actor/internal/system.h"
#include "goakt/actor/messages.h"

// Coroutine handlers: how they wait, go on, and end with their actor.

namespace goakt::internal {

namespace {

using Access = ReceiveAccess;

void link(Cell& cell, AsyncReceive& receive) {
  CellExtension& x = extension_of(cell);
  receive.next = x.async;
  if (x.async != nullptr) x.async->previous = &receive;
  x.async = &receive;
}

void unlink(Cell& cell, AsyncReceive& receive) {
  CellExtension& x = extension_of(cell);
  (receive.previous != nullptr ? receive.previous->next : x.async) = receive.next;
  if (receive.next != nullptr) receive.next->previous = receive.previous;
  if (receive.holds_messages && --x.awaiting == 0) {
    cell.masked &= static_cast<std::uint8_t>(~kMaskAwaiting);
    x.awaits.store(nullptr, std::memory_order_release);
  }
}

void finish(Cell& cell, AsyncReceive* receive) {
  unlink(cell, *receive);
  try {
    receive->complete(receive->task, receive->ctx);
  } catch (...) {
    Access::error(receive->ctx) = std::make_unique<Error>(
        current_exception_error(Access::envelope(receive->ctx) == nullptr
                                    ? std::string()
                                    : failure_place(cell, *Access::envelope(receive->ctx))));
  }
  receive->destroy(receive->task);
  Access::async(receive->ctx) = nullptr;
  conclude(cell, receive->ctx);
  delete receive;
}

// Lets the coroutine run to its next suspension or its end.
void go_on(Cell& cell, AsyncReceive& receive, std::coroutine_handle<> handle) {
  receive.waiting_for = nullptr;
  handle.resume();
  if (receive.root.done()) finish(cell, &receive);
}

// The answering side has stored the answer: wakes the coroutine in its actor's turn.
void notify_actor(ReplySlot& slot, std::uint64_t word, Cell& asker,
                  std::uint32_t asker_generation) {
  post(asker, asker_generation, [&slot, word](Cell& c) {
    // Taken meanwhile without waiting, and perhaps in use again: not ours any more.
    if (slot.word.load(std::memory_order_acquire) != word) return;
    auto* state = static_cast<PendingReply::State*>(slot.waiter);
    if (state->waiting) go_on(c, *state->receive, std::exchange(state->waiting, {}));
  });
}

// From now on `self` is found when others look for ask cycles.
void show_awaited(CellExtension& x, const PendingReply::State& state) {
  if (state.slot != nullptr)
    x.awaits_origin.store(origin_of(*state.slot), std::memory_order_relaxed);
  x.awaits.store(state.target, std::memory_order_release);
}

PendingReply::State* new_state(ReceiveContext& ctx) {
  auto* state = new PendingReply::State;
  state->self = ctx.self();
  state->receive = Access::async(ctx);
  return state;
}

void open_slot(PendingReply::State& state) {
  ReplySlot& slot = acquire_slot();
  slot.asker.store(PidAccess::cell(state.self), std::memory_order_relaxed);
  slot.asker_generation.store(PidAccess::generation(state.self), std::memory_order_relaxed);
  slot.waiter = &state;
  slot.notify = &notify_actor;
  state.slot = &slot;
}

void close_slot(PendingReply::State& state) {
  if (state.timer != 0)
    PidAccess::cell(state.self)->system->timers.cancel(std::exchange(state.timer, 0));
  if (state.slot == nullptr) return;
  ReplySlot& slot = *std::exchange(state.slot, nullptr);
  // An answer that is being stored right now is waited for, some instructions long.
  while (!abandon(slot) &&
         ReplySlot::state_of(slot.word.load(std::memory_order_acquire)) != ReplySlot::done) {
  }
  release_slot(slot);
}

}  // namespace

namespace {

// Whom an actor waits for, or null.
const Cell* awaited_by(const Cell& cell) {
  const CellExtension* x = extension_or_null(cell);
  if (x == nullptr) return nullptr;
  const Cell* target = x->awaits.load(std::memory_order_acquire);
  if (target != nullptr && !is_waiting(x->awaits_origin.load(std::memory_order_relaxed)))
    return nullptr;
  return target;
}

}  // namespace

bool closes_ask_cycle(const Cell& self, const Cell* target, std::string& names) {
  constexpr int kHops = 64;
  const Cell* at = target;
  for (int hops = 0; at != nullptr && at != &self; at = awaited_by(*at))
    if (++hops == kHops) return false;
  if (at == nullptr) return false;
  // Named in a second walk: hardly any ask comes here.
  names = self.name();
  at = target;
  for (int hops = 0; at != nullptr && hops < kHops; ++hops) {
    names.append(" -> ").append(at->name());
    if (at == &self) break;
    at = awaited_by(*at);
  }
  return true;
}

ReceiveContext& detach_context(ReceiveContext& ctx, AsyncReceive*& receive) {
  receive = new AsyncReceive(Access::detach(ctx));
  Access::async(receive->ctx) = receive;
  return receive->ctx;
}

void start_async(AsyncReceive* receive, void* task, std::coroutine_handle<> root,
                 void (*complete)(void* task, ReceiveContext&), void (*destroy)(void* task)) {
  Cell& cell = *PidAccess::cell(receive->ctx.self());
  receive->task = task;
  receive->root = root;
  receive->complete = complete;
  receive->destroy = destroy;
  link(cell, *receive);
  root.resume();
  if (root.done()) return finish(cell, receive);
  CellExtension& x = extension_of(cell);
  if (x.reentrancy && x.reentrancy->mode == ReentrancyMode::allow_all) return;
  receive->holds_messages = true;
  ++x.awaiting;
  cell.masked |= kMaskAwaiting;
  if (receive->waiting_for != nullptr) show_awaited(x, *receive->waiting_for);
}

void cancel_async(Cell& cell) {
  CellExtension* x = extension_or_null(cell);
  if (x == nullptr) return;
  while (AsyncReceive* receive = x->async) {
    receive->canceled = true;
    if (PendingReply::State* state = receive->waiting_for) {
      close_slot(*state);
      state->error = std::make_unique<Error>(ErrorCode::request_canceled);
      auto waiting = std::exchange(state->waiting, {});
      receive->waiting_for = nullptr;
      if (waiting) waiting.resume();
      if (receive->root.done()) {
        finish(cell, receive);
        continue;
      }
    }
    // It waits for something that is none of ours: ended where it stands.
    unlink(cell, *receive);
    receive->destroy(receive->task);
    if (Envelope* message = Access::envelope(receive->ctx)) {
      refuse_message(*message, Error(ErrorCode::dead));
      delete_envelope(message);
    }
    delete receive;
  }
  cancel_requests(cell);
}

PendingReply::PendingReply(ReceiveContext& ctx, const Pid& to, Envelope* message,
                           std::chrono::nanoseconds timeout)
    : state_(new_state(ctx)) {
  State& state = *state_;
  Message owned(message);
  if (state.receive == nullptr) {
    state.error =
        std::make_unique<Error>(ErrorCode::invalid_argument, "ask needs a coroutine handler");
    return;
  }
  if (timeout.count() <= 0) {
    state.error = std::make_unique<Error>(ErrorCode::invalid_timeout);
    return;
  }
  if (state.receive->canceled) {
    state.error = std::make_unique<Error>(ErrorCode::request_canceled);
    return;
  }
  if (!to) {
    state.error = std::make_unique<Error>(ErrorCode::actor_not_found);
    return;
  }
  Cell* target = PidAccess::cell(to);
  Cell& self = *PidAccess::cell(state.self);
  CellExtension& x = extension_of(self);
  const bool holds = !(x.reentrancy && x.reentrancy->mode == ReentrancyMode::allow_all);
  std::string cycle;
  if (holds && closes_ask_cycle(self, target, cycle)) {
    state.error = std::make_unique<Error>(ErrorCode::ask_cycle, "ask cycle: " + cycle);
    return;
  }
  state.target = target;
  open_slot(state);
  if (ctx.context() != nullptr && owned.get()->context == nullptr) {
    ctx.context()->retain();
    owned.get()->context = ctx.context();
  }
  owned.get()->origin = origin_of(*state.slot);
  set_ask_deadline(*state.slot, deadline_after(self.system->clock, timeout));
  // Before it is sent: the target may ask back before this coroutine is suspended.
  if (holds) show_awaited(x, state);
  const std::string_view type = owned.type().name;
  const std::uint64_t origin = owned.get()->origin;
  if (Status sent = deliver(to, owned.release()); !sent) {
    close_slot(state);
    state.error = std::make_unique<Error>(std::move(sent).error());
    return;
  }
  System& system = *self.system;
  state.timer = system.timers.after(timeout, [&system, origin, self_pid = state.self, to, type] {
    if (complete_with_error(origin, Error(ErrorCode::request_timeout)))
      dead_letter(system, self_pid.path(), to.path(), type, error_text(ErrorCode::request_timeout));
  });
}

PendingReply::PendingReply() = default;

PendingReply::PendingReply(PendingReply&& other) noexcept = default;

PendingReply::~PendingReply() {
  if (state_) close_slot(*state_);
}

bool PendingReply::ready() const noexcept {
  return state_->slot == nullptr ||
         ReplySlot::state_of(state_->slot->word.load(std::memory_order_acquire)) == ReplySlot::done;
}

void PendingReply::suspend(std::coroutine_handle<> waiting) {
  state_->waiting = waiting;
  state_->receive->waiting_for = state_.get();
  if (state_->receive->holds_messages)
    show_awaited(extension_of(*PidAccess::cell(state_->self)), *state_);
}

Result<Message> PendingReply::take() {
  State& state = *state_;
  if (state.error) return unexpected(std::move(*state.error));
  if (state.slot == nullptr) return fail(ErrorCode::request_canceled);
  Envelope* reply = std::exchange(state.slot->reply, nullptr);
  auto error = std::move(state.slot->error);
  close_slot(state);
  if (reply == nullptr) return unexpected(std::move(*error));
  return Message(reply);
}

PendingSleep::PendingSleep(ReceiveContext& ctx, std::chrono::nanoseconds duration) {
  state_.reset(new_state(ctx));
  State& state = *state_;
  if (state.receive == nullptr) {
    state.error =
        std::make_unique<Error>(ErrorCode::invalid_argument, "sleep needs a coroutine handler");
    return;
  }
  if (state.receive->canceled) {
    state.error = std::make_unique<Error>(ErrorCode::request_canceled);
    return;
  }
  open_slot(state);
  state.timer = PidAccess::cell(state.self)
                    ->system->timers.after(duration, [origin = origin_of(*state.slot)] {
                      complete(origin, Message::make<Ack>().release());
                    });
}

void PendingReply::offload(ReceiveContext& ctx, PipeTask task) {
  state_.reset(new_state(ctx));
  State& state = *state_;
  if (state.receive == nullptr) {
    state.error =
        std::make_unique<Error>(ErrorCode::invalid_argument, "offload needs a coroutine handler");
    return;
  }
  if (!task) {
    state.error = std::make_unique<Error>(ErrorCode::undefined_task);
    return;
  }
  if (state.receive->canceled) {
    state.error = std::make_unique<Error>(ErrorCode::request_canceled);
    return;
  }
  open_slot(state);
  Dispatcher& dispatcher = PidAccess::cell(state.self)->system->dispatcher;
  dispatcher.submit([origin = origin_of(*state.slot), work = std::move(task)] {
    try {
      auto result = work();
      if (result)
        complete(origin, result->release());
      else
        complete_with_error(origin, std::move(result).error());
    } catch (...) {
      complete_with_error(origin, current_exception_error());
    }
  });
}

Status PendingSleep::await_resume() {
  auto woken = take();
  if (!woken) return unexpected(std::move(woken).error());
  return {};
}

}  // namespace goakt::internal
