#include "goakt/actor/pid.h"

#include "goakt/actor/extension.h"
#include "goakt/actor/internal/ask_deadline.h"
#include "goakt/actor/internal/remote.h"
#include "goakt/actor/internal/reply_slot.h"
#include "goakt/actor/internal/system.h"
#include "goakt/actor/messages.h"
#include "goakt/actor/metric.h"
#include "goakt/base/errors.h"

#include <algorithm>
#include <optional>

namespace goakt {

namespace internal {

namespace {

bool accepts(const Cell& cell, std::uint32_t generation) {
  return (cell.flags.load(std::memory_order_acquire) & kAcceptMask) == kRunning &&
         cell.is(generation);
}

bool is_remote(const Cell& cell, std::uint32_t generation) {
  return cell.has(kRemote) && cell.is(generation);
}

// Into the inbox of an actor that may be busy, where there is room.
Status enter(Cell& cell, std::uint32_t generation, Envelope* message) {
  if (GOAKT_UNLIKELY(cell.has(kRemote)))
    return static_cast<RemoteActor*>(cell.actor)->deliver(message);
  switch (cell.inbox.push(message, message, 1, generation)) {
    case Inbox::Push::activated:
      cell.system->dispatcher.schedule(cell);
      return {};
    case Inbox::Push::queued:
      return {};
    case Inbox::Push::closed:
      break;
  }
  delete_envelope(message);
  return fail(ErrorCode::dead);
}

// The actor's state has been checked.
Status enqueue(Cell& cell, std::uint32_t generation, Envelope* message) {
  if (GOAKT_UNLIKELY(cell.has(kAdmission))) {
    bool accepted;
    GOAKT_CHECK(reserve_room(cell, generation, message, accepted));
    if (!accepted) return {};  // by policy a dead letter
  }
  return enter(cell, generation, message);
}

// An idle actor gets its message without a way through the inbox.
bool hand_to_idle(Cell& cell, std::uint32_t generation, Envelope* message) {
  if (!cell.inbox.seems_idle() || !cell.inbox.try_activate(generation)) return false;
  give_arrival(cell, message);
  cell.system->dispatcher.schedule(cell);
  return true;
}

// For an actor that takes no messages: not any more, or not now.
Status turn_away(Cell& cell, std::uint32_t generation, Envelope* message) {
  if (cell.is(generation) && !cell.system->running()) {
    dead_letter(cell, message, error_text(ErrorCode::system_shutting_down));
    return fail(ErrorCode::system_shutting_down);
  }
  delete_envelope(message);
  return fail(ErrorCode::dead);
}

// What is no user message to a running actor.
Status deliver_specially(Cell& cell, std::uint32_t generation, std::uint32_t flags,
                         Envelope* message) {
  if ((flags & kRemote) != 0 && cell.is(generation))
    return static_cast<RemoteActor*>(cell.actor)->deliver(message);
  if (!message->type->is_control) return turn_away(cell, generation, message);
  // A suspended actor takes control messages; that is how it comes back.
  if ((flags & kRunning) == 0 || !cell.is(generation)) {
    delete_envelope(message);
    return fail(ErrorCode::dead);
  }
  if (!post_control(cell, generation, message, nullptr)) return fail(ErrorCode::dead);
  return {};
}

// Claims an idle actor for the calling thread, which then runs it.
bool claim(Cell& cell, std::uint32_t generation) {
  return cell.has(kInlineAsk) && this_thread.worker == nullptr && this_thread.running == nullptr &&
         !cell.has(kAdmission) && cell.inbox.try_activate(generation);
}

void run_claimed(Cell& cell, Envelope* message) {
  give_arrival(cell, message);
  if (run_turn(cell) == TurnEnd::yielded) cell.system->dispatcher.schedule(cell);
}

}  // namespace

Status deliver(const Pid& to, Envelope* message) {
  Cell* cell = PidAccess::cell(to);
  if (GOAKT_UNLIKELY(cell == nullptr)) {
    delete_envelope(message);
    return fail(ErrorCode::undefined_actor);
  }
  const std::uint32_t generation = PidAccess::generation(to);
  const std::uint32_t flags = cell->flags.load(std::memory_order_acquire);
  if (GOAKT_UNLIKELY((flags & kAcceptMask) != kRunning || !cell->is(generation) ||
                     message->type->is_control))
    return deliver_specially(*cell, generation, flags, message);
  if (this_thread.worker == nullptr && (flags & kDirectTell) == 0) {
    WorkerPool& pool = cell->system->dispatcher.normal();
    if (Lane* lane = pool.lane()) {
      if (GOAKT_UNLIKELY((flags & kAdmission) != 0)) {
        bool accepted;
        GOAKT_CHECK(reserve_room(*cell, generation, message, accepted));
        if (!accepted) return {};  // by policy a dead letter
      }
      while (GOAKT_UNLIKELY(!lane->append(message, cell, generation))) pool.make_room(*lane);
      pool.lane_filled();
      return {};
    }
  } else if ((flags & kAdmission) == 0 && hand_to_idle(*cell, generation, message)) {
    return {};
  }
  return enqueue(*cell, generation, message);
}

Result<bool> deliver_if_room(const Pid& to, Message& message) {
  Cell* cell = PidAccess::cell(to);
  const std::uint32_t generation = PidAccess::generation(to);
  const CellExtension* x =
      cell != nullptr && accepts(*cell, generation) ? extension_or_null(*cell) : nullptr;
  if (x == nullptr || x->admission == nullptr || x->admission->overflow != Overflow::block ||
      message.type().is_control) {
    GOAKT_CHECK(deliver(to, message.release()));
    return true;
  }
  // A stand-in asks for the place, because what is refused is destroyed.
  Envelope* stand_in = Message::make<Ack>().release();
  bool accepted;
  if (Status room = reserve_room(*cell, generation, stand_in, accepted); !room) {
    if (room.error().code() == ErrorCode::mailbox_full) return false;
    return unexpected(std::move(room).error());
  }
  delete_envelope(stand_in);
  GOAKT_CHECK(enter(*cell, generation, message.release()));
  return true;
}

bool run_if_idle(const Pid& to, Envelope* message) {
  Cell* cell = PidAccess::cell(to);
  const std::uint32_t generation = PidAccess::generation(to);
  if (cell == nullptr || !accepts(*cell, generation)) return false;
  // What this thread told before goes first.
  if (this_thread.worker == nullptr) cell->system->dispatcher.normal().flush_lane();
  if (!claim(*cell, generation)) return false;
  run_claimed(*cell, message);
  return true;
}

void deliver_or_dead_letter(const Pid& to, Envelope* message) {
  Cell* cell = PidAccess::cell(to);
  if (cell == nullptr) return delete_envelope(message);
  if (!to.is_running()) return undeliverable(*cell, PidAccess::generation(to), message);
  // Refused now: it stopped this moment, or its mailbox is full. The letter gets a copy if there
  // can be one.
  Message kept;
  if (message->type->copy_construct != nullptr) {
    Message whole(message);
    if (auto copy = whole.copy()) kept = std::move(*copy);
    message = whole.release();
    if (kept) kept.get()->origin = message->origin;
  }
  if (!kept) kept = Message::make<NoMessage>();
  if (Status sent = deliver(to, message); !sent)
    dead_letter(*cell, kept.release(), sent.error().message());
}

Status send(const Pid& to, Envelope* message, const Pid& from) {
  message->origin = origin_of_actor(from);
  return deliver(to, message);
}

namespace {

// Answers an ask in the asker's own name, when it gives up.
struct AskCanceled {
  std::uint64_t origin;

  void operator()() const {
    complete_with_error(origin,
                        Error(ErrorCode::request_timeout, "context canceled\nrequest timed out"));
  }
};

// For the time that an actor's own thread waits in a blocking ask: whom it waits for.
class BlockedActor {
 public:
  BlockedActor(Cell& self, const Cell& target, std::uint64_t origin) : x_(extension_of(self)) {
    x_.awaits_origin.store(origin, std::memory_order_relaxed);
    x_.awaits.store(&target, std::memory_order_release);
  }

  ~BlockedActor() { x_.awaits.store(nullptr, std::memory_order_release); }

 private:
  CellExtension& x_;
};

}  // namespace

Result<Message> ask(const Pid& to, Envelope* message, std::chrono::nanoseconds timeout,
                    const std::stop_token* canceled) {
  Cell* cell = PidAccess::cell(to);
  if (GOAKT_UNLIKELY(cell == nullptr || timeout.count() <= 0)) {
    delete_envelope(message);
    return fail(cell == nullptr ? ErrorCode::undefined_actor : ErrorCode::invalid_timeout);
  }
  const std::uint32_t generation = PidAccess::generation(to);
  if (GOAKT_UNLIKELY(!accepts(*cell, generation) && !is_remote(*cell, generation))) {
    delete_envelope(message);
    return fail(ErrorCode::dead);
  }
  System& system = *cell->system;
  if (Cell* self = this_thread.running; GOAKT_UNLIKELY(self != nullptr)) {
    if (std::string cycle; closes_ask_cycle(*self, cell, cycle)) {
      delete_envelope(message);
      return fail(ErrorCode::ask_cycle, "ask cycle: " + cycle);
    }
  }
  ReplySlot& slot = acquire_slot();
  const std::uint64_t origin = message->origin = origin_of(slot);
  std::optional<std::stop_callback<AskCanceled>> on_cancel;
  if (GOAKT_UNLIKELY(canceled != nullptr)) on_cancel.emplace(*canceled, AskCanceled{origin});
  std::optional<BlockedActor> blocked;
  if (GOAKT_UNLIKELY(this_thread.running != nullptr))
    blocked.emplace(*this_thread.running, *cell, origin);
  const std::string_view type = message->type->name;
  // What this thread told before goes first.
  if (this_thread.worker == nullptr) system.dispatcher.normal().flush_lane();

  if (claim(*cell, generation)) {
    set_ask_timeout(slot, timeout);
    run_claimed(*cell, message);
    // Passed on: whoever answers may look at the deadline much later.
    if (ReplySlot::state_of(slot.word.load(std::memory_order_acquire)) != ReplySlot::done)
      static_cast<void>(ask_deadline(origin, system.clock));
  } else {
    set_ask_deadline(slot, deadline_after(system.clock, timeout));
    if (Status sent = enqueue(*cell, generation, message); !sent) {
      static_cast<void>(abandon(slot));
      release_slot(slot);
      return unexpected(std::move(sent).error());
    }
  }

  bool answered;
  if (GOAKT_UNLIKELY(system.dispatcher.seeded())) {
    while (ReplySlot::state_of(slot.word.load(std::memory_order_acquire)) == ReplySlot::waiting &&
           system.dispatcher.run_one()) {
    }
    answered = ReplySlot::state_of(slot.word.load(std::memory_order_acquire)) == ReplySlot::done ||
               !abandon(slot);
  } else {
    answered = wait_for_reply(slot, timeout);
  }
  if (GOAKT_UNLIKELY(!answered)) {
    release_slot(slot);
    dead_letter(system, path_of(*system.no_sender), to.path(), type,
                error_text(ErrorCode::request_timeout));
    return unexpected(ask_timeout_error(to, type, timeout));
  }
  Envelope* reply = std::exchange(slot.reply, nullptr);
  std::unique_ptr<Error> error = std::move(slot.error);
  release_slot(slot);
  if (reply == nullptr) return unexpected(std::move(*error));
  return Message(reply);
}

Error ask_timeout_error(const Pid& to, std::string_view type, std::chrono::nanoseconds timeout) {
  std::string hint =
      std::string(type) + " to " + to.path() + " had no answer within " +
      std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(timeout).count()) +
      " ms; the target ";
  if (to.is_suspended())
    hint += "is suspended";
  else if (!to.is_running())
    hint += "is not running";
  else
    hint += "runs with " + std::to_string(to.mailbox_depth()) + " messages waiting";
  return Error(ErrorCode::request_timeout).with_hint(std::move(hint));
}

}  // namespace internal

using internal::Cell;

namespace {

// The cell while the handle's actor has not been replaced; null for nobody.
Cell* alive(internal::Cell* cell, std::uint32_t generation) {
  return cell != nullptr && cell->is(generation) ? cell : nullptr;
}

}  // namespace

std::string_view Pid::name() const {
  if (cell_ == nullptr) return {};
  // A stopped actor's cell has moved on by one generation and keeps the name until it is used
  // again.
  const std::uint32_t now = cell_->generation.load(std::memory_order_acquire);
  return now - generation_ <= 1 ? cell_->name() : std::string_view();
}

std::string Pid::path() const {
  if (cell_ == nullptr) return {};
  if (const auto* remote = internal::remote_actor(*this)) return remote->address().text();
  if (is_local() && cell_->is(generation_)) return internal::path_of(*cell_);
  const std::string_view kept = name();
  return kept.empty() ? std::string() : internal::path_of(*cell_);
}

std::string Pid::kind() const {
  Cell* cell = alive(cell_, generation_);
  return cell == nullptr || cell->kind == nullptr ? std::string() : cell->kind->name;
}

std::string Pid::incarnation_id() const {
  Cell* cell = alive(cell_, generation_);
  internal::CellExtension* x = cell == nullptr ? nullptr : internal::extension_or_null(*cell);
  if (cell == nullptr) return {};
  // Drawn when first asked for. Without an extension it is derived from what makes the handle
  // unique.
  if (x == nullptr) {
    Rng rng(cell->spawn_sequence ^
            static_cast<std::uint64_t>(cell->system->started_at.time_since_epoch().count()));
    return Uuid::random(rng).to_string();
  }
  std::lock_guard lock(x->shared_mutex);
  if (x->incarnation.is_none()) {
    Rng rng(cell->spawn_sequence ^
            static_cast<std::uint64_t>(cell->system->started_at.time_since_epoch().count()));
    x->incarnation = Uuid::random(rng);
  }
  return x->incarnation.to_string();
}

ActorSystem* Pid::system() const {
  return cell_ == nullptr ? nullptr : cell_->system->facade;
}

bool Pid::is_running() const {
  Cell* cell = alive(cell_, generation_);
  // A remote actor counts as running: whether it does, only an answer tells.
  return cell != nullptr && (internal::accepts(*cell, generation_) || cell->has(internal::kRemote));
}

bool Pid::is_suspended() const {
  Cell* cell = alive(cell_, generation_);
  return cell != nullptr && cell->has(internal::kSuspended);
}

bool Pid::is_stopping() const {
  Cell* cell = alive(cell_, generation_);
  return cell != nullptr && cell->has(internal::kStopping | internal::kPassivating);
}

bool Pid::is_local() const {
  return cell_ != nullptr && !cell_->has(internal::kRemote);
}

bool Pid::is_system() const {
  return cell_ != nullptr && cell_->has(internal::kSystemActor);
}

bool Pid::is_relocatable() const {
  Cell* cell = alive(cell_, generation_);
  return cell != nullptr && cell->has(internal::kRelocatable);
}

std::uint64_t Pid::mailbox_depth() const {
  Cell* cell = alive(cell_, generation_);
  if (cell == nullptr) return 0;
  // What holds a place counts from then on, also on its way through a lane.
  if (const internal::CellExtension* x = internal::extension_or_null(*cell);
      x != nullptr && x->admission != nullptr)
    return x->admission->taken();
  return static_cast<std::uint64_t>(cell->depth());
}

std::uint64_t Pid::processed_count() const {
  Cell* cell = alive(cell_, generation_);
  return cell == nullptr ? 0 : cell->processed.load(std::memory_order_relaxed);
}

std::uint32_t Pid::restart_count() const {
  Cell* cell = alive(cell_, generation_);
  return cell == nullptr ? 0 : cell->restarts.load(std::memory_order_relaxed);
}

std::uint32_t Pid::failure_count() const {
  Cell* cell = alive(cell_, generation_);
  return cell == nullptr ? 0 : cell->failures.load(std::memory_order_relaxed);
}

std::chrono::milliseconds Pid::uptime() const {
  Cell* cell = alive(cell_, generation_);
  if (cell == nullptr) return {};
  return std::chrono::milliseconds(cell->system->now_ms() -
                                   cell->started_ms.load(std::memory_order_relaxed));
}

Result<ActorMetric> Pid::metric() const {
  Cell* cell = alive(cell_, generation_);
  if (cell == nullptr || !cell->has(internal::kRunning)) return fail(ErrorCode::dead);
  ActorMetric metric;
  metric.dead_letters = cell->system->dead_letters.count_for(path());
  metric.children = children_count();
  metric.uptime = std::chrono::duration_cast<std::chrono::seconds>(uptime());
  metric.since_last_message = std::chrono::milliseconds(
      cell->system->now_ms() - cell->last_activity_ms.load(std::memory_order_relaxed));
  metric.restarts = restart_count();
  metric.processed = processed_count();
  metric.failures = failure_count();
  metric.reinstated = cell->reinstated.load(std::memory_order_relaxed);
  metric.mailbox = mailbox_depth();
  metric.last_processing = std::chrono::nanoseconds(
      static_cast<std::int64_t>(cell->last_processing_ns.load(std::memory_order_relaxed)));
  if (const auto* x = internal::extension_or_null(*cell))
    metric.stash_size = x->stash_size.load(std::memory_order_relaxed);
  return metric;
}

std::vector<std::shared_ptr<Dependency>> Pid::dependencies() const {
  Cell* cell = alive(cell_, generation_);
  internal::CellExtension* x = cell == nullptr ? nullptr : internal::extension_or_null(*cell);
  if (x == nullptr) return {};
  std::lock_guard lock(x->shared_mutex);
  return x->dependencies;
}

std::shared_ptr<Dependency> Pid::dependency(std::string_view id) const {
  const auto all = dependencies();
  const auto found = std::find_if(all.rbegin(), all.rend(),
                                  [id](const auto& dependency) { return dependency->id() == id; });
  return found == all.rend() ? nullptr : *found;
}

Pid Pid::parent() const {
  Cell* cell = alive(cell_, generation_);
  if (cell == nullptr || cell->parent == nullptr || cell->parent == cell) return {};
  return internal::pid_of(*cell->parent);
}

std::vector<Pid> Pid::children() const {
  Cell* cell = alive(cell_, generation_);
  std::vector<Pid> children;
  if (cell == nullptr) return children;
  std::lock_guard lock(cell->system->children_lock(*cell));
  for (Cell* child = cell->first_child; child != nullptr; child = child->next_sibling)
    if (!child->has(internal::kStopping)) children.push_back(internal::pid_of(*child));
  return children;
}

std::size_t Pid::children_count() const {
  Cell* cell = alive(cell_, generation_);
  if (cell == nullptr) return 0;
  std::size_t count = 0;
  std::lock_guard lock(cell->system->children_lock(*cell));
  for (Cell* child = cell->first_child; child != nullptr; child = child->next_sibling) ++count;
  return count;
}

Result<Pid> Pid::child(std::string_view name) const {
  Cell* cell = alive(cell_, generation_);
  if (cell == nullptr) return fail(ErrorCode::dead);
  const auto found = cell->system->names.find_child(*cell, name);
  if (!found || !found.cell->has(internal::kRunning))
    return unexpected(errors::actor_not_found(name));
  return internal::PidAccess::make(found.cell, found.generation);
}

Status Pid::batch_tell(std::vector<Message> messages) const {
  for (Message& message : messages) GOAKT_CHECK(internal::send(*this, message.release(), Pid()));
  return {};
}

Result<std::vector<Message>> Pid::batch_ask(std::vector<Message> messages,
                                            std::chrono::nanoseconds timeout) const {
  std::vector<Message> replies;
  for (Message& message : messages) {
    GOAKT_TRY(Message reply, internal::ask(*this, message.release(), timeout));
    replies.push_back(std::move(reply));
  }
  return replies;
}

namespace {

Status request(const Pid& pid, internal::StopMode mode, std::chrono::nanoseconds timeout,
               const internal::CompletionPtr& completion) {
  Cell* cell = internal::PidAccess::cell(pid);
  if (cell == nullptr || cell == cell->system->no_sender) return fail(ErrorCode::undefined_actor);
  if (const auto* remote = internal::remote_actor(pid)) {
    std::function<void(Status)> done;
    if (completion) done = [completion](Status outcome) { completion->finish(std::move(outcome)); };
    const bool restarts = mode == internal::StopMode::restart;
    remote->order(restarts ? RemoteOrder::restart : RemoteOrder::stop, timeout, std::move(done));
    return {};
  }
  if (cell->has(internal::kSystemActor) && cell->is(internal::PidAccess::generation(pid)))
    return fail(ErrorCode::shutdown_forbidden);
  // What the calling thread told before arrives before the stop.
  if (internal::this_thread.worker == nullptr) cell->system->dispatcher.normal().flush_lane();
  internal::request_stop(pid, mode, completion);
  return {};
}

Status request_and_wait(const Pid& pid, internal::StopMode mode, std::chrono::nanoseconds timeout) {
  Cell* cell = internal::PidAccess::cell(pid);
  if (cell != nullptr && cell == internal::this_thread.running)
    return fail(ErrorCode::invalid_argument, "an actor cannot wait for its own end");
  auto completion = std::make_shared<internal::Completion>();
  GOAKT_CHECK(request(pid, mode, timeout, completion));
  return internal::await_completion(*cell->system, *completion, timeout);
}

// Of what is asked of another node without waiting for it.
constexpr std::chrono::minutes kOrderTimeout{1};

}  // namespace

Status Pid::stop() const {
  return request(*this, internal::StopMode::stop, kOrderTimeout, nullptr);
}

Status Pid::stop_blocking(std::chrono::nanoseconds timeout) const {
  return request_and_wait(*this, internal::StopMode::stop, timeout);
}

Status Pid::restart() const {
  if (alive(cell_, generation_) == nullptr) return fail(ErrorCode::dead);
  return request(*this, internal::StopMode::restart, kOrderTimeout, nullptr);
}

Status Pid::restart_blocking(std::chrono::nanoseconds timeout) const {
  if (alive(cell_, generation_) == nullptr) return fail(ErrorCode::dead);
  return request_and_wait(*this, internal::StopMode::restart, timeout);
}

Status Pid::reinstate() const {
  if (cell_ == nullptr) return fail(ErrorCode::undefined_actor);
  if (const auto* remote = internal::remote_actor(*this)) {
    remote->order(RemoteOrder::reinstate, kOrderTimeout, {});
    return {};
  }
  if (!internal::post(*this, [](Cell& cell) { internal::reinstate(cell); }))
    return fail(ErrorCode::dead);
  return {};
}

}  // namespace goakt
