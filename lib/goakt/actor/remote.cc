#include "goakt/actor/remote.h"

#include "goakt/actor/internal/ask_deadline.h"
#include "goakt/actor/internal/remote.h"
#include "goakt/actor/internal/system.h"
#include "goakt/actor/messages.h"
#include "goakt/base/names.h"

#include <algorithm>

namespace goakt {

using internal::Cell;

namespace internal {

const RemoteActor* remote_actor(const Pid& pid) {
  const Cell* cell = PidAccess::cell(pid);
  if (cell == nullptr || !cell->has(kRemote) || !cell->is(PidAccess::generation(pid)))
    return nullptr;
  return static_cast<const RemoteActor*>(cell->actor);
}

}  // namespace internal

RemoteAccess::RemoteAccess(ActorSystem& system) : facade_(system), system_(system.internals()) {}

const SystemOptions& RemoteAccess::options() const {
  return system_.options;
}

Clock& RemoteAccess::clock() const {
  return system_.clock;
}

std::string RemoteAccess::prefix() const {
  return system_.address_prefix();
}

Pid RemoteAccess::find(std::string_view parent, std::string_view name) const {
  Pid found;
  system_.names.visit(name, [&](const Cell& cell) {
    if (cell.has(internal::kStarting)) return;
    const Cell* above = cell.parent;
    const bool is_top =
        above == nullptr || above->has(internal::kSystemActor) || cell.has(internal::kSystemActor);
    if (is_top ? parent.empty() : above->name() == parent)
      found = internal::pid_of(const_cast<Cell&>(cell));
  });
  return found;
}

Result<Pid> RemoteAccess::make_pid(Address address, std::shared_ptr<RemoteRoute> route) const {
  const std::string_view name = address.name();
  if (name.empty() || name.size() > names::kMaxLength)
    return fail(ErrorCode::invalid_argument, "no actor can be called " + address.text());
  Cell& cell = system_.cells.allocate(name);
  cell.system = &system_;
  cell.actor = new internal::RemoteActor(std::move(address), std::move(route));
  // Nothing is ever queued here: tasks for the actor's turn are dropped.
  cell.control.store(nullptr, std::memory_order_relaxed);
  internal::close_control(cell);
  cell.flags.store(internal::kRunning | internal::kRemote, std::memory_order_release);
  return internal::pid_of(cell);
}

namespace {

// While it lives, this thread is refused where it would have to wait.
class Hurry {
 public:
  Hurry() : outer_(std::exchange(internal::this_thread.must_not_block, true)) {}

  Hurry(const Hurry&) = delete;
  Hurry& operator=(const Hurry&) = delete;

  ~Hurry() { internal::this_thread.must_not_block = outer_; }

 private:
  const bool outer_;
};

}  // namespace

Result<bool> RemoteAccess::tell_if_room(const Pid& to, Message& message, const Pid& from) const {
  const Hurry hurry;
  message.get()->origin = internal::origin_of_actor(from);
  return internal::deliver_if_room(to, message);
}

void RemoteAccess::ask(const Pid& to, Message message, const Pid& from, TimePoint limit,
                       RemoteAsker& asker, bool inline_turn) const {
  internal::System& system = system_;  // at the end the asker may be gone, and this with it
  const Pid sender = from ? from : facade_.no_sender();
  internal::ReplySlot& slot = internal::acquire_slot();
  slot.asker.store(internal::PidAccess::cell(sender), std::memory_order_relaxed);
  slot.asker_generation.store(internal::PidAccess::generation(sender), std::memory_order_relaxed);
  slot.waiter = &asker;
  slot.notify = [](internal::ReplySlot& done, std::uint64_t, Cell&, std::uint32_t) {
    auto& waiter = *static_cast<RemoteAsker*>(done.waiter);
    Message answer(std::exchange(done.reply, nullptr));
    const std::unique_ptr<Error> error = std::move(done.error);
    internal::release_slot(done);
    waiter.system_->timers.cancel(waiter.timer_);
    if (error)
      waiter.answered(unexpected(std::move(*error)));
    else
      waiter.answered(std::move(answer));
  };
  internal::set_ask_deadline(slot, limit);
  const std::uint64_t origin = internal::origin_of(slot);
  asker.system_ = &system_;
  // The timer is known before anybody can answer, be it the timer: from then on the first answer
  // wins the slot, the others find another generation there, and the asker may be gone.
  const std::uint64_t word = slot.word.load(std::memory_order_relaxed);
  slot.word.store((word & ~std::uint64_t{0xff}) | internal::ReplySlot::writing,
                  std::memory_order_relaxed);
  const auto time_out = [origin] {
    internal::complete_with_error(origin, Error(ErrorCode::request_timeout));
  };
  asker.timer_ = system_.timers.at(limit, time_out);
  asker.asked(origin);
  slot.word.store(word, std::memory_order_release);
  if (message.is<PoisonPill>()) {  // which nobody answers
    static_cast<void>(to.tell(std::move(message)));
  } else if (message) {
    message.get()->origin = origin;
    const Hurry hurry;
    Envelope* const question = message.release();
    if (!inline_turn || !internal::run_if_idle(to, question))
      if (Status sent = internal::deliver(to, question); !sent)
        internal::complete_with_error(origin, std::move(sent).error());
  }
  if (system.clock.now() >= limit) time_out();  // the timer may have come too early
}

void RemoteAccess::at(TimePoint time, std::function<void()> task) const {
  system_.timers.at(time, std::move(task));
}

void RemoteAccess::run_blocking(std::function<void()> task) const {
  system_.dispatcher.submit(std::move(task));
}

void RemoteAccess::lose(std::string_view sender, std::string_view receiver, std::string_view type,
                        std::string_view reason) const {
  const std::string nobody = sender.empty() ? internal::path_of(*system_.no_sender) : "";
  internal::dead_letter(system_, sender.empty() ? nobody : sender, receiver, type, reason);
}

void RemoteAccess::watch(const Pid& actor, const Pid& watcher) const {
  internal::post(actor, [watcher](Cell& cell) {
    auto& watchers = internal::extension_of(cell).watchers;
    if (std::find(watchers.begin(), watchers.end(), watcher) == watchers.end())
      watchers.push_back(watcher);
  });
}

void RemoteAccess::unwatch(const Pid& actor, const Pid& watcher) const {
  internal::post(actor, [watcher](Cell& cell) {
    if (auto* x = internal::extension_or_null(cell)) std::erase(x->watchers, watcher);
  });
}

Pid RemoteAccess::sender_of(const Envelope& message) const {
  if (message.origin == 0) return {};
  const Pid sender = internal::sender_of(message.origin);
  return sender == facade_.no_sender() ? Pid() : sender;
}

bool RemoteAccess::is_ask(const Envelope& message) {
  return internal::origin_kind(message.origin) == internal::OriginKind::slot;
}

std::optional<TimePoint> RemoteAccess::ask_limit(const Envelope& message) const {
  return internal::ask_deadline(message.origin, system_.clock);
}

void RemoteAccess::answer(std::uint64_t origin, Result<Message> answer) {
  if (answer)
    internal::complete(origin, answer->release());
  else
    internal::complete_with_error(origin, std::move(answer).error());
}

std::string RemoteAccess::role_of(const Pid& pid) {
  const auto* x = internal::extension_or_null(*internal::PidAccess::cell(pid));
  return x == nullptr ? std::string() : x->role;
}

Passivation RemoteAccess::passivation_of(const Pid& pid) {
  const Cell& cell = *internal::PidAccess::cell(pid);
  if (const auto* x = internal::extension_or_null(cell); x != nullptr && x->passivation)
    return *x->passivation;
  const auto timeout = cell.system->options.passivation_timeout;
  if (cell.has(internal::kLongLived | internal::kSystemActor) || timeout.count() <= 0)
    return Passivation::long_lived();
  return Passivation::time_based(timeout);
}

}  // namespace goakt
