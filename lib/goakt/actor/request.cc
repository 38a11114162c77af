#include "goakt/actor/request.h"

#include "goakt/actor/internal/ask_deadline.h"
#include "goakt/actor/internal/receive_access.h"
#include "goakt/actor/internal/request_record.h"
#include "goakt/actor/internal/system.h"
#include "goakt/base/random.h"
#include "goakt/base/uuid.h"

// Reentrant requests: questions of a plain handler, whose replies are handled in later turns.

namespace goakt {

namespace internal {

namespace {

using Access = ReceiveAccess;

void link(CellExtension& x, RequestRecord& record) {
  record.next = x.requests;
  if (x.requests != nullptr) x.requests->previous = &record;
  x.requests = &record;
  ++x.requests_in_flight;
}

// Off the actor's books; lets user messages go on when it was the last that held them.
void unlink(Cell& cell, CellExtension& x, RequestRecord& record) {
  (record.previous != nullptr ? record.previous->next : x.requests) = record.next;
  if (record.next != nullptr) record.next->previous = record.previous;
  --x.requests_in_flight;
  if (record.holds_messages && --x.awaiting == 0)
    cell.masked &= static_cast<std::uint8_t>(~kMaskAwaiting);
}

void call_back(Cell& cell, RequestRecord& record, Result<Message> reply) {
  ReceiveContext ctx = Access::make(pid_of(cell));
  try {
    record.callback(ctx, std::move(reply));
  } catch (...) {
    Access::error(ctx) = std::make_unique<Error>(current_exception_error());
  }
  record.callback.reset();
  conclude(cell, ctx);
}

Result<Message> outcome_of(RequestRecord& record) {
  if (record.reply != nullptr) return Message(std::exchange(record.reply, nullptr));
  return unexpected(std::move(*record.error));
}

// The reply is in the slot: takes it, in the requester's turn.
void end_request(Cell& cell, RequestRecord& record) {
  ReplySlot& slot = *std::exchange(record.slot, nullptr);
  record.reply = std::exchange(slot.reply, nullptr);
  record.error = std::move(slot.error);
  release_slot(slot);
  if (record.timer != 0) cell.system->timers.cancel(std::exchange(record.timer, 0));
  unlink(cell, *extension_or_null(cell), record);
  if (record.callback) call_back(cell, record, outcome_of(record));
  record.release();
}

// On the answering thread.
void notify_requester(ReplySlot& slot, std::uint64_t word, Cell& requester,
                      std::uint32_t generation) {
  post(requester, generation, [&slot, word](Cell& c) {
    // Cancelled meanwhile by a stop or restart, and perhaps in use again.
    if (slot.word.load(std::memory_order_acquire) != word) return;
    end_request(c, *static_cast<RequestRecord*>(slot.waiter));
  });
}

// Takes the slot away from whoever might still answer.
void drop_slot(RequestRecord& record) {
  ReplySlot& slot = *std::exchange(record.slot, nullptr);
  while (!abandon(slot) &&
         ReplySlot::state_of(slot.word.load(std::memory_order_acquire)) != ReplySlot::done) {
  }
  release_slot(slot);
}

}  // namespace

void cancel_requests(Cell& cell) {
  CellExtension* x = extension_or_null(cell);
  if (x == nullptr) return;
  while (RequestRecord* record = x->requests) {
    drop_slot(*record);
    if (record->timer != 0) cell.system->timers.cancel(std::exchange(record->timer, 0));
    unlink(cell, *x, *record);
    record->callback.reset();
    record->has_callback = true;  // nobody is called back any more
    record->release();
  }
}

std::string correlation_text(std::uint64_t origin) {
  Rng rng(origin);
  return Uuid::random(rng).to_string();
}

}  // namespace internal

using internal::Cell;
using internal::CellExtension;
using internal::RequestRecord;

RequestCall ReceiveContext::send_request(const Pid& to, Envelope* envelope,
                                         const RequestOptions& options) {
  Message message(envelope);
  auto refused = [&](ErrorCode code) {
    err(Error(code));
    return RequestCall();
  };
  Cell& cell = *internal::PidAccess::cell(self_);
  CellExtension* x = internal::extension_or_null(cell);
  const bool enabled = x != nullptr && x->reentrancy && x->reentrancy->mode != ReentrancyMode::off;
  if (!enabled) return refused(ErrorCode::reentrancy_disabled);
  const ReentrancyMode mode = options.mode.value_or(x->reentrancy->mode);
  if (mode > ReentrancyMode::stash_non_reentrant)
    return refused(ErrorCode::invalid_reentrancy_mode);
  if (mode == ReentrancyMode::off) return refused(ErrorCode::reentrancy_disabled);
  if (!message) return refused(ErrorCode::invalid_message);
  const int limit = x->reentrancy->max_in_flight;
  if (limit > 0 && x->requests_in_flight >= static_cast<std::uint32_t>(limit))
    return refused(ErrorCode::reentrancy_in_flight_limit);
  if (cell.has(internal::kStopping)) return refused(ErrorCode::request_canceled);

  internal::ReplySlot& slot = internal::acquire_slot();
  auto* record = new RequestRecord;
  record->self = self_;
  record->slot = &slot;
  record->origin = internal::origin_of(slot);
  slot.asker.store(&cell, std::memory_order_relaxed);
  slot.asker_generation.store(internal::PidAccess::generation(self_), std::memory_order_relaxed);
  slot.waiter = record;
  slot.notify = &internal::notify_requester;
  std::optional<TimePoint> deadline;
  if (options.timeout.count() > 0)
    deadline = internal::deadline_after(cell.system->clock, options.timeout);
  internal::set_ask_deadline(slot, deadline);
  Envelope* sent = message.release();
  sent->origin = record->origin;
  if (envelope_ != nullptr && envelope_->context != nullptr && sent->context == nullptr)
    internal::copy_context(*envelope_, *sent);
  if (Status status = internal::deliver(to, sent); !status) {
    internal::drop_slot(*record);
    record->release();
    err(std::move(status).error());
    return {};
  }
  internal::link(*x, *record);
  if (mode == ReentrancyMode::stash_non_reentrant) {
    record->holds_messages = true;
    ++x->awaiting;
    cell.masked |= internal::kMaskAwaiting;
  }
  if (options.timeout.count() > 0)
    record->timer = cell.system->timers.after(options.timeout, [origin = record->origin] {
      internal::complete_with_error(origin, Error(ErrorCode::request_timeout));
    });
  return RequestRecord::handle(record);
}

Status ReceiveContext::enable_reentrancy(const Reentrancy& reentrancy) {
  if (reentrancy.mode > ReentrancyMode::stash_non_reentrant)
    return goakt::fail(ErrorCode::invalid_reentrancy_mode);
  internal::extension_of(*internal::PidAccess::cell(self_)).reentrancy = reentrancy;
  return {};
}

void ReceiveContext::disable_reentrancy() {
  if (CellExtension* x = internal::extension_or_null(*internal::PidAccess::cell(self_)))
    x->reentrancy.reset();
}

RequestCall::RequestCall(const RequestCall& other) noexcept : record_(other.record_) {
  if (record_ != nullptr) record_->retain();
}

RequestCall::~RequestCall() {
  if (record_ != nullptr) record_->release();
}

internal::RequestCallback* RequestCall::callback_place() const {
  if (record_ == nullptr || std::exchange(record_->has_callback, true)) return nullptr;
  return &record_->callback;
}

void RequestCall::callback_set() const {
  RequestRecord& record = *record_;
  if (record.slot != nullptr) return;
  // It has ended already.
  record.retain();
  internal::call_back(*internal::PidAccess::cell(record.self), record,
                      internal::outcome_of(record));
  record.release();
}

void RequestCall::cancel() const {
  if (record_ != nullptr)
    internal::complete_with_error(record_->origin, Error(ErrorCode::request_canceled));
}

std::string RequestCall::correlation_id() const {
  return record_ == nullptr ? std::string() : internal::correlation_text(record_->origin);
}

}  // namespace goakt
