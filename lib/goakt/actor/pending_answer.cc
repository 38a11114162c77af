#include "goakt/actor/pending_answer.h"

#include "goakt/actor/internal/ask_deadline.h"
#include "goakt/actor/internal/reply_slot.h"
#include "goakt/actor/internal/system.h"

#include <utility>

namespace goakt {

using internal::ReplySlot;

Result<PendingAnswer> PendingAnswer::ask(const Pid& to, Message message,
                                         std::chrono::nanoseconds timeout) {
  if (timeout.count() <= 0) return fail(ErrorCode::invalid_timeout);
  std::string type(message.type_name());
  ReplySlot& slot = internal::acquire_slot();
  PendingAnswer pending(slot, to, std::move(type), timeout);
  Envelope* envelope = message.release();
  envelope->origin = internal::origin_of(slot);
  internal::set_ask_deadline(slot, pending.deadline_);
  GOAKT_CHECK(internal::deliver(to, envelope));
  return pending;
}

PendingAnswer::PendingAnswer(ReplySlot& slot, const Pid& to, std::string type,
                             std::chrono::nanoseconds timeout)
    : slot_(&slot),
      to_(to),
      type_(std::move(type)),
      timeout_(timeout),
      deadline_(Clock::now() + timeout) {}

PendingAnswer::PendingAnswer(PendingAnswer&& other) noexcept
    : slot_(std::exchange(other.slot_, nullptr)),
      to_(other.to_),
      type_(std::move(other.type_)),
      timeout_(other.timeout_),
      deadline_(other.deadline_) {}

PendingAnswer& PendingAnswer::operator=(PendingAnswer&& other) noexcept {
  if (this != &other) {
    drop();
    slot_ = std::exchange(other.slot_, nullptr);
    to_ = other.to_;
    type_ = std::move(other.type_);
    timeout_ = other.timeout_;
    deadline_ = other.deadline_;
  }
  return *this;
}

PendingAnswer::~PendingAnswer() {
  drop();
}

void PendingAnswer::drop() noexcept {
  if (slot_ == nullptr) return;
  // An answer that is being stored at this moment is waited for: the slot is about to be reused.
  if (!internal::abandon(*slot_))
    static_cast<void>(internal::wait_for_reply(*slot_, std::chrono::seconds(1)));
  internal::release_slot(*std::exchange(slot_, nullptr));
}

Result<Message> PendingAnswer::get() {
  if (slot_ == nullptr) return fail(ErrorCode::invalid_argument, "the answer was fetched already");
  const auto left =
      std::max<std::chrono::nanoseconds>(deadline_ - Clock::now(), std::chrono::nanoseconds(1));
  ReplySlot& slot = *std::exchange(slot_, nullptr);
  if (!internal::wait_for_reply(slot, left)) {
    internal::release_slot(slot);
    if (ActorSystem* facade = to_.system()) {
      internal::System& system = facade->internals();
      internal::dead_letter(system, internal::path_of(*system.no_sender), to_.path(), type_,
                            error_text(ErrorCode::request_timeout));
    }
    return unexpected(internal::ask_timeout_error(to_, type_, timeout_));
  }
  Envelope* reply = std::exchange(slot.reply, nullptr);
  std::unique_ptr<Error> error = std::move(slot.error);
  internal::release_slot(slot);
  if (reply == nullptr) return unexpected(std::move(*error));
  return Message(reply);
}

}  // namespace goakt
