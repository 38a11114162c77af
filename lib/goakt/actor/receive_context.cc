#include "goakt/actor/receive_context.h"

#include "goakt/actor/internal/ask_deadline.h"
#include "goakt/actor/internal/receive_access.h"
#include "goakt/actor/internal/remote.h"
#include "goakt/actor/internal/reply_slot.h"
#include "goakt/actor/internal/request_record.h"
#include "goakt/actor/internal/system.h"
#include "goakt/base/errors.h"

#include <algorithm>

namespace goakt {

namespace internal {

using Access = ReceiveAccess;

namespace {

// An answer for which nobody waits any more: counted and shown, never delivered.
void report_late(const ReceiveContext& ctx, const MessageType& type) {
  System& system = *PidAccess::cell(ctx.self())->system;
  system.late_replies.fetch_add(1, std::memory_order_relaxed);
  system.publish([&] {
    return ActorWarning{ctx.self().path(), system.clock.wall(),
                        "late reply of type " + type.name + ": its asker no longer waits"};
  });
}

}  // namespace

void answer(ReceiveContext& ctx, Envelope* reply) {
  Envelope* message = Access::envelope(ctx);
  const std::uint8_t before = std::exchange(
      Access::outcome(ctx), static_cast<std::uint8_t>(Access::outcome(ctx) | Access::kAnswered));
  if (message == nullptr || origin_kind(message->origin) != OriginKind::slot) {
    delete_envelope(reply);  // told, not asked: nobody waits
    return;
  }
  Access::answered(ctx) = sender_of(message->origin);  // afterwards the slot no longer tells
  const bool first = (before & Access::kAnswered) == 0;
  const MessageType& type = *reply->type;
  if (GOAKT_UNLIKELY(!complete(message->origin, reply)) && first) report_late(ctx, type);
}

void refuse(ReceiveContext& ctx, Error error) {
  Envelope* message = Access::envelope(ctx);
  Access::outcome(ctx) |= Access::kAnswered;
  if (message == nullptr) return;
  if (origin_kind(message->origin) == OriginKind::slot) {
    Access::answered(ctx) = sender_of(message->origin);
    complete_with_error(message->origin, std::move(error));
  } else {
    Access::refusal(ctx) = std::make_unique<Error>(std::move(error));
  }
}

namespace {

Cell& cell_of(const ReceiveContext& ctx) {
  return *PidAccess::cell(ctx.self());
}

}  // namespace

}  // namespace internal

using internal::Access;
using internal::Cell;
using internal::cell_of;
using internal::CellExtension;
using internal::extension_of;
using internal::extension_or_null;

Pid ReceiveContext::sender() const {
  if (envelope_ == nullptr) return {};
  if (is_ask() && (outcome_ & Access::kAnswered) != 0) return answered_;
  return internal::sender_of(envelope_->origin);
}

bool ReceiveContext::is_ask() const {
  return envelope_ != nullptr &&
         internal::origin_kind(envelope_->origin) == internal::OriginKind::slot;
}

std::optional<TimePoint> ReceiveContext::deadline() const {
  if (!is_ask()) return {};
  return internal::ask_deadline(envelope_->origin, cell_of(*this).system->clock);
}

void ReceiveContext::unhandled() {
  Envelope* message = envelope_;
  if (message == nullptr) return;
  const MessageType* type = message->type;
  if (type == &goakt::message_type<PostStart>() || type == &goakt::message_type<Terminated>())
    return;
  outcome_ |= Access::kAnswered;
  if (is_ask()) internal::complete_with_error(message->origin, Error(ErrorCode::unhandled));
  refusal_ = std::make_unique<Error>(ErrorCode::unhandled);
}

void ReceiveContext::address(Envelope& message) const {
  message.origin = internal::origin_of_actor(self_);
  if (GOAKT_UNLIKELY(envelope_ != nullptr && envelope_->context != nullptr &&
                     message.context == nullptr)) {
    envelope_->context->retain();
    message.context = envelope_->context;
  }
}

Status ReceiveContext::send(const Pid& to, Envelope* message) {
  address(*message);
  return internal::deliver(to, message);
}

Task<Status> ReceiveContext::send_when_room(Pid to, Message message) {
  using std::chrono::milliseconds;
  constexpr milliseconds kLongestPause(16);
  if (!message) co_return goakt::fail(ErrorCode::invalid_message);
  address(*message.get());
  for (milliseconds pause(1);; pause = std::min(2 * pause, kLongestPause)) {
    auto delivered = internal::deliver_if_room(to, message);
    if (!delivered) co_return unexpected(std::move(delivered).error());
    if (*delivered) co_return Status();
    Status woken = co_await sleep(pause);
    if (!woken) co_return woken;
  }
}

void ReceiveContext::err_not_found(std::string_view name) {
  err(errors::actor_not_found(name));
}

Pid ReceiveContext::find(std::string_view name) const {
  auto found = system().actor_of(name);
  return found ? *found : Pid();
}

void ReceiveContext::tell_name(std::string_view name, Envelope* message) {
  Message owned(message);
  auto to = system().actor_of(name);
  if (!to) return err(std::move(to).error());
  check(send(*to, owned.release()));
}

void ReceiveContext::pipe_to_name(std::string_view name, internal::PipeTask task,
                                  PipeOptions options) {
  if (!task) return err(Error(ErrorCode::undefined_task));
  auto to = system().actor_of(name);
  if (!to) return err(std::move(to).error());
  check(internal::pipe(system(), Pid(), *to, std::move(task), std::move(options)));
}

void ReceiveContext::batch_tell(const Pid& to, std::vector<Message> messages) {
  for (Message& message : messages) {
    Status sent = send(to, message.release());
    if (!sent) return err(std::move(sent).error());
  }
}

Task<Result<std::vector<Message>>> ReceiveContext::batch_ask(Pid to, std::vector<Message> messages,
                                                             std::chrono::nanoseconds timeout) {
  std::vector<Message> replies;
  replies.reserve(messages.size());
  for (Message& message : messages) {
    auto pending = ask<Message>(to, std::move(message), timeout);
    auto reply = co_await std::move(pending);
    if (!reply) co_return unexpected(std::move(reply).error());
    replies.push_back(std::move(*reply));
  }
  co_return replies;
}

void ReceiveContext::forward(const Pid& to) {
  if (envelope_ == nullptr) return err(Error(ErrorCode::invalid_message));
  if ((outcome_ & Access::kForward) == 0) {
    outcome_ |= Access::kForward | Access::kAnswered;
    forward_to_ = to;
    return;
  }
  // The message itself goes to the first target; the others get copies.
  Message whole(envelope_);
  auto copy = whole.copy();
  static_cast<void>(whole.release());
  if (!copy) return err(std::move(copy).error());
  Envelope* sent = copy->release();
  const bool asked = internal::origin_kind(envelope_->origin) == internal::OriginKind::slot;
  sent->origin = asked ? internal::origin_of_actor(sender()) : envelope_->origin;
  check(internal::deliver(to, sent));
}

void ReceiveContext::forward(std::string_view name) {
  auto to = system().actor_of(name);
  if (!to) return err(std::move(to).error());
  forward(*to);
}

void ReceiveContext::stop(const Pid& pid) {
  if (pid && pid.system() != &system()) return err(Error(ErrorCode::actor_not_found));
  check(pid.stop());
}

void ReceiveContext::shutdown() {
  check(self_.stop());
}

namespace internal {

namespace {

// On its way to an actor that is to be watched. Dropped on the way, the watcher hears at once that
// the actor is gone.
class WatchRequest {
 public:
  WatchRequest(const Pid& watcher, const Pid& target) : watcher_(watcher), target_(target) {}

  WatchRequest(WatchRequest&& other) noexcept
      : watcher_(std::exchange(other.watcher_, Pid())), target_(other.target_) {}

  WatchRequest& operator=(WatchRequest&&) = delete;

  ~WatchRequest() {
    if (!watcher_) return;
    const System& system = *PidAccess::cell(watcher_)->system;
    if (!system.options.notify_watch_of_dead) return;
    Message notice = Message::make<Terminated>(target_.path(), system.clock.wall());
    notice.get()->origin = origin_of_actor(target_);
    post_control(*PidAccess::cell(watcher_), PidAccess::generation(watcher_), notice.release(),
                 nullptr);
  }

  void operator()(Cell& target) {
    extension_of(target).watchers.push_back(std::exchange(watcher_, Pid()));
  }

 private:
  Pid watcher_;
  Pid target_;
};

}  // namespace

}  // namespace internal

void ReceiveContext::watch(const Pid& pid) {
  if (!pid || pid == self_) return;
  CellExtension& x = extension_of(cell_of(*this));
  if (std::find(x.watched.begin(), x.watched.end(), pid) != x.watched.end()) return;
  x.watched.push_back(pid);
  if (const auto* remote = internal::remote_actor(pid)) return remote->watch(self_);
  internal::post(pid, internal::WatchRequest(self_, pid));
}

void ReceiveContext::unwatch(const Pid& pid) {
  CellExtension* x = extension_or_null(cell_of(*this));
  if (x == nullptr || std::erase(x->watched, pid) == 0) return;
  if (const auto* remote = internal::remote_actor(pid)) return remote->unwatch(self_);
  internal::post(pid, [watcher = self_](Cell& target) {
    if (CellExtension* t = extension_or_null(target)) std::erase(t->watchers, watcher);
  });
}

void ReceiveContext::reinstate(const Pid& pid) {
  check(pid.reinstate());
}

void ReceiveContext::reinstate(std::string_view name) {
  auto pid = system().actor_of(name);
  if (!pid) return err(std::move(pid).error());
  reinstate(*pid);
}

std::string ReceiveContext::correlation_id() const {
  if (!is_ask() || !sender()) return {};
  return internal::correlation_text(envelope_->origin);
}

// -- Behaviours
// --------------------------------------------------------------------------------------

void ReceiveContext::become(const Behaviour& behaviour) {
  Cell& cell = cell_of(*this);
  CellExtension& x = extension_of(cell);
  if (x.original == nullptr) x.original = cell.behaviour;
  x.behaviours.clear();
  cell.behaviour = &behaviour;
}

void ReceiveContext::become_stacked(const Behaviour& behaviour) {
  Cell& cell = cell_of(*this);
  CellExtension& x = extension_of(cell);
  if (x.original == nullptr) x.original = cell.behaviour;
  x.behaviours.push_back(cell.behaviour);
  cell.behaviour = &behaviour;
}

void ReceiveContext::unbecome() {
  Cell& cell = cell_of(*this);
  CellExtension* x = extension_or_null(cell);
  if (x == nullptr || x->original == nullptr) return;
  x->behaviours.clear();
  cell.behaviour = x->original;
}

void ReceiveContext::unbecome_stacked() {
  Cell& cell = cell_of(*this);
  CellExtension* x = extension_or_null(cell);
  if (x == nullptr || x->behaviours.empty())
    return err(Error(ErrorCode::invalid_argument, "there is no behaviour below the current one"));
  cell.behaviour = x->behaviours.back();
  x->behaviours.pop_back();
}

// -- Stash
// -------------------------------------------------------------------------------------------

void ReceiveContext::stash() {
  CellExtension* x = extension_or_null(cell_of(*this));
  if (x == nullptr || !x->stashing) {
    refusal_ = std::make_unique<Error>(ErrorCode::stash_buffer_not_set);
    return err(Error(ErrorCode::stash_buffer_not_set));
  }
  if (envelope_ == nullptr || (outcome_ & Access::kTaken) != 0) return;
  if (async_ != nullptr) {
    // A coroutine may read its message long after somebody has unstashed it: the stash gets a copy
    // and with it the asker.
    Message whole(envelope_);
    auto copy = whole.copy();
    static_cast<void>(whole.release());
    if (!copy) return err(std::move(copy).error());
    Envelope* stashed = copy->release();
    stashed->origin = std::exchange(envelope_->origin, 0);
    x->stash.push_back(stashed);
    x->stash_size.store(static_cast<std::uint32_t>(x->stash.size()), std::memory_order_relaxed);
    outcome_ |= Access::kAnswered;
    return;
  }
  // The handler still reads the message: it changes hands, not place.
  x->stash.push_back(envelope_);
  x->stash_size.store(static_cast<std::uint32_t>(x->stash.size()), std::memory_order_relaxed);
  outcome_ |= Access::kTaken | Access::kAnswered;
}

void ReceiveContext::unstash() {
  CellExtension* x = extension_or_null(cell_of(*this));
  if (x == nullptr || !x->stashing) return err(Error(ErrorCode::stash_buffer_not_set));
  if (x->stash.empty())
    return err(Error(ErrorCode::invalid_argument, "stash buffer may be closed"));
  Envelope* message = x->stash.pop_front();
  x->stash_size.store(static_cast<std::uint32_t>(x->stash.size()), std::memory_order_relaxed);
  internal::return_to_mailbox(cell_of(*this), message);
}

void ReceiveContext::unstash_all() {
  CellExtension* x = extension_or_null(cell_of(*this));
  if (x == nullptr || !x->stashing) return err(Error(ErrorCode::stash_buffer_not_set));
  while (Envelope* message = x->stash.pop_front())
    internal::return_to_mailbox(cell_of(*this), message);
  x->stash_size.store(0, std::memory_order_relaxed);
}

std::size_t ReceiveContext::stash_size() const {
  const CellExtension* x = extension_or_null(cell_of(*this));
  return x == nullptr ? 0 : x->stash.size();
}

}  // namespace goakt
