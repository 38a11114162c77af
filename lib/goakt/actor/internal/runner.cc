#include "goakt/actor/internal/runner.h"

#include "goakt/actor/internal/admission.h"
#include "goakt/actor/internal/remote.h"
#include "goakt/actor/internal/reply_slot.h"
#include "goakt/actor/internal/system.h"
#include "goakt/actor/messages.h"
#include "goakt/base/errors.h"

#include <cstdlib>
#include <cxxabi.h>
#include <typeinfo>

// One turn of one actor: takes its messages and calls its handlers, on whichever thread owns the
// turn.

namespace goakt::internal {

namespace {

using Access = ReceiveAccess;

Envelope* const kControlClosed = reinterpret_cast<Envelope*>(1);

// Read where every message passes, so without the guard of message_type<PostStart>().
const MessageType* const kPostStart = &message_type<PostStart>();

void count_local(Cell& cell, std::int64_t delta) {
  cell.local_count.store(
      cell.local_count.load(std::memory_order_relaxed) + static_cast<std::int32_t>(delta),
      std::memory_order_relaxed);
}

// The same where senders count too (Overflow::drop_old).
void count_shared(Cell& cell, std::int64_t delta) {
  if (cell.has(kSharedQueue))
    cell.local_count.fetch_add(static_cast<std::int32_t>(delta), std::memory_order_relaxed);
  else
    count_local(cell, delta);
}

// Tells, once each time the mailbox grows beyond it.
void check_soft_limit(Cell& cell) {
  System& system = *cell.system;
  const std::int64_t limit = system.mailbox_soft_limit.load(std::memory_order_relaxed);
  const std::int64_t depth = cell.depth();
  CellExtension* x = extension_or_null(cell);
  if (GOAKT_LIKELY(depth <= limit)) {
    if (x != nullptr && x->above_soft_limit && depth <= limit / 2) x->above_soft_limit = false;
    return;
  }
  if (x == nullptr) x = &extension_of(cell);
  if (std::exchange(x->above_soft_limit, true)) return;
  system.publish([&] {
    return ActorWarning{path_of(cell), system.clock.wall(),
                        "mailbox holds " + std::to_string(depth) +
                            " messages, more than the soft limit of " + std::to_string(limit)};
  });
}

// `last` may be null: not known.
void enter_mailbox(Cell& cell, CellExtension* extension, Envelope* first, Envelope* last,
                   std::int64_t count) {
  if (extension != nullptr && extension->queue != nullptr) {
    count_shared(cell, count);
    while (first != nullptr) {
      Envelope* next = first->next;
      extension->queue->push(first);
      first = next;
    }
  } else if (cell.local_head == nullptr) {
    count_local(cell, count);
    cell.local_head = first;
    cell.local_tail = last;  // null: found when somebody appends
  } else {
    append_local(cell, first, last, count);
  }
  check_soft_limit(cell);
}

// Moves what arrived to where the mailbox orders it.
bool take_arrivals(Cell& cell, CellExtension* extension) {
  std::int64_t count;
  Envelope* first = cell.inbox.take_all(count);
  if (first == nullptr) return false;
  enter_mailbox(cell, extension, first, nullptr, count);
  return true;
}

// Gives back the places of messages that were taken out.
void settle(Admission& admission) {
  if (admission.owed != 0) give_room(admission, std::exchange(admission.owed, 0));
}

void settle(Admission* admission) {
  if (admission != nullptr) settle(*admission);
}

void owe_place(Admission& admission) {
  if (++admission.owed >= admission.most_owed) settle(admission);
}

// What its order puts first.
Envelope* pop_queue(Cell& cell, CellExtension& x) {
  Admission* admission = x.admission.get();
  if (admission != nullptr && admission->shares_queue()) {
    std::lock_guard lock(admission->queue_lock);
    Envelope* message = x.queue->pop();
    if (message == nullptr) return nullptr;
    count_shared(cell, -1);
    owe_place(*admission);
    return message;
  }
  Envelope* message = x.queue->pop();
  if (message == nullptr) return nullptr;
  count_shared(cell, -1);
  if (admission != nullptr) owe_place(*admission);
  return message;
}

// From a mailbox with an order or a bound of its own.
Envelope* next_ordered(Cell& cell, CellExtension& x) {
  Admission* admission = x.admission.get();
  take_arrivals(cell, &x);
  if (Envelope* first = cell.local_head;
      first != nullptr && (x.queue == nullptr || first->type == kPostStart)) {
    cell.local_head = first->next;
    count_shared(cell, -1);
    if (admission != nullptr && first->type != kPostStart) owe_place(*admission);
    return first;
  }
  return x.queue == nullptr ? nullptr : pop_queue(cell, x);
}

[[gnu::always_inline]] inline Envelope* next_message(Cell& cell) {
  CellExtension* extension = cell.extension.load(std::memory_order_relaxed);
  if (GOAKT_UNLIKELY(extension != nullptr &&
                     (extension->queue != nullptr || extension->admission != nullptr)))
    return next_ordered(cell, *extension);
  Envelope* message = cell.local_head;
  if (message == nullptr) {
    if (cell.inbox.seems_empty() || !take_arrivals(cell, extension)) return nullptr;
    message = cell.local_head;
  }
  cell.local_head = message->next;
  if (cell.local_head != nullptr) __builtin_prefetch(cell.local_head);
  count_local(cell, -1);
  return message;
}

[[gnu::always_inline]] inline void call_behaviour(Cell& cell, ReceiveContext& ctx,
                                                  Envelope& message) {
  try {
    const Behaviour& behaviour = *cell.behaviour;
    if (const auto* entry = behaviour.find(message.type))
      entry->handler(*cell.actor, ctx, message.value(), behaviour.list);
    else if (behaviour.takes_anything)
      cell.actor->receive(ctx);
    else
      ctx.unhandled();
  } catch (...) {
    Access::error(ctx) =
        std::make_unique<Error>(current_exception_error(failure_place(cell, message)));
  }
}

void drop_control(Envelope* message) {
  if (message->origin == kTaskOrigin) message->context = nullptr;  // it holds the function
  delete_envelope(message);
}

void passivate_by_count(Cell& cell) {
  const CellExtension* extension = extension_or_null(cell);
  if (extension == nullptr || !extension->passivation ||
      extension->passivation->kind() != Passivation::Kind::messages_count_based)
    return;
  const std::uint64_t handled =
      cell.processed.load(std::memory_order_relaxed) - extension->count_base;
  if (handled >= extension->passivation->messages() && !cell.has(kPassivationPaused))
    begin_stop(cell, StopMode::passivate, nullptr);
}

}  // namespace

[[gnu::always_inline]] inline void Runner::handle(Cell& cell, Envelope* message) {
  Access::envelope(ctx_) = message;
  Access::outcome(ctx_) = 0;
  call_behaviour(cell, ctx_, *message);
  if (GOAKT_UNLIKELY((Access::outcome(ctx_) & ~Access::kAnswered) != 0 ||
                     Access::error(ctx_) != nullptr || Access::refusal(ctx_) != nullptr))
    return conclude(cell, ctx_);
  Access::envelope(ctx_) = nullptr;
  delete_envelope(message);
}

void Runner::handle_control(Cell& cell, Envelope* message) {
  if (message->type == &message_type<PoisonPill>()) {
    delete_envelope(message);
    if (!cell.has(kSystemActor)) begin_stop(cell, StopMode::stop, nullptr);
  } else if (message->type == &message_type<PausePassivation>()) {
    delete_envelope(message);
    cell.flags.fetch_or(kPassivationPaused, std::memory_order_relaxed);
  } else if (message->type == &message_type<ResumePassivation>()) {
    delete_envelope(message);
    cell.flags.fetch_and(~std::uint32_t{kPassivationPaused}, std::memory_order_relaxed);
    cell.system->passivator.resumed(cell);
  } else if ((cell.masked & (kMaskStopping | kMaskRestarting)) != 0) {
    delete_envelope(message);  // a notice that nobody is there to read
  } else {
    // Told once: whoever is watched again is watched anew.
    if (CellExtension* x = extension_or_null(cell);
        x != nullptr && !x->watched.empty() && message->type == &message_type<Terminated>())
      std::erase(x->watched, sender_of(message->origin));
    if ((cell.masked & kMaskSuspended) != 0)
      delete_envelope(message);  // notices go to running actors only
    else if ((cell.masked & kMaskAwaiting) != 0)
      return_to_mailbox(cell, message);  // notices wait like user messages
    else
      handle(cell, message);
  }
}

// False: the actor ended.
bool Runner::run_control(Cell& cell) {
  Envelope* list = cell.control.exchange(nullptr, std::memory_order_acq_rel);
  Envelope* oldest = nullptr;
  while (list != nullptr) {
    Envelope* next = list->next;
    list->next = oldest;
    oldest = list;
    list = next;
  }
  while (oldest != nullptr) {
    Envelope* message = oldest;
    oldest = oldest->next;
    if (GOAKT_UNLIKELY(this_thread.gone)) {
      drop_control(message);
    } else if (message->origin == kTaskOrigin) {
      const auto run = reinterpret_cast<ControlFn>(const_cast<MessageContext*>(message->context));
      message->context = nullptr;
      run(cell, *message);
      delete_envelope(message);
    } else {
      handle_control(cell, message);
    }
  }
  return !this_thread.gone;
}

// Passivation and eviction need no finer clock than this.
[[gnu::always_inline]] inline std::uint32_t Runner::now_ms(const System& system) {
  const std::uint32_t beat = system.watchdog.beat();
  if (GOAKT_UNLIKELY(state_.now_uses == 0 || state_.now_beat != beat)) read_clock(system, beat);
  --state_.now_uses;
  return state_.now_ms;
}

void Runner::read_clock(const System& system, std::uint32_t beat) {
  constexpr std::uint32_t kUses = 16;
  state_.now_ms = system.now_ms();
  state_.now_beat = beat;
  state_.now_uses = system.has_real_clock ? kUses : 1;
}

namespace {

// Before the actor is let go: what one message of the turn took, on average.
TimePoint note_time(Cell& cell, TimePoint began, std::uint32_t budget_left) {
  const TimePoint now = cell.system->clock.now();
  const std::uint32_t messages = cell.system->options.throughput_budget - budget_left;
  cell.last_processing_ns.store(
      static_cast<float>((now - began).count()) / static_cast<float>(std::max(messages, 1u)),
      std::memory_order_relaxed);
  return now;
}

}  // namespace

template <bool kPlain>
TurnEnd Runner::run(Cell& cell) {
  System& system = *cell.system;
  this_thread.running = &cell;
  this_thread.gone = false;
  state_.running.store(&cell, std::memory_order_relaxed);
  const std::uint32_t generation = cell.generation.load(std::memory_order_relaxed);
  Access::enter(ctx_, PidAccess::make(&cell, generation));
  // Held: senders may use it while the actor ends.
  std::shared_ptr<Admission> admission;
  if (!kPlain && cell.has(kAdmission)) admission = extension_or_null(cell)->admission;
  [[maybe_unused]] KindInfo* const timed = !kPlain && system.options.metrics ? cell.kind : nullptr;
  [[maybe_unused]] const TimePoint began = timed != nullptr ? system.clock.now() : TimePoint();
  [[maybe_unused]] TimePoint ended = began;

  std::uint32_t budget = system.options.throughput_budget;
  bool stamped = false;
  TurnEnd end = TurnEnd::idle;
  for (;;) {
    if (GOAKT_UNLIKELY(cell.control.load(std::memory_order_acquire) != nullptr)) {
      if (!run_control(cell)) break;
    }
    if (GOAKT_LIKELY(cell.masked == 0)) {
      if (Envelope* message = next_message(cell)) {
        if (!stamped) {
          cell.last_activity_ms.store(now_ms(system), std::memory_order_relaxed);
          stamped = true;
        }
        if (GOAKT_LIKELY(message->type != kPostStart))
          cell.processed.store(cell.processed.load(std::memory_order_relaxed) + 1,
                               std::memory_order_relaxed);
        state_.handling.store(message->type, std::memory_order_relaxed);
        handle(cell, message);
        if (!kPlain && !this_thread.gone && cell.has(kCountPassivation)) passivate_by_count(cell);
        if (!kPlain && this_thread.gone) break;
        if (GOAKT_UNLIKELY(--budget == 0)) {
          if constexpr (!kPlain) {
            settle(admission.get());
            if (timed != nullptr) ended = note_time(cell, began, budget);
          }
          end = TurnEnd::yielded;
          break;
        }
        continue;
      }
    } else {
      // Held back: kept in order on our side, so that the inbox can say "idle".
      while (take_arrivals(cell, extension_or_null(cell))) {
      }
    }
    if constexpr (!kPlain) {
      settle(admission.get());
      if (timed != nullptr && stamped) ended = note_time(cell, began, budget);
    }
    const bool looks_there = !kPlain && cell.masked == 0 && cell.has(kSharedQueue);
    if (cell.inbox.try_idle()) {
      // From here on the actor may run elsewhere, or be gone.
      if (GOAKT_UNLIKELY(cell.control.load(std::memory_order_seq_cst) != nullptr ||
                         (looks_there && admission->has_queued())) &&
          cell.inbox.try_activate(generation))
        continue;
      break;
    }
  }
  if constexpr (!kPlain) {
    if (timed != nullptr && stamped) {
      if (this_thread.gone) ended = system.clock.now();
      timed->add_turn(ended - began, system.options.throughput_budget - budget);
    }
  }
  state_.running.store(nullptr, std::memory_order_relaxed);
  this_thread.running = nullptr;
  return end;
}

TurnEnd Runner::turn(Cell& cell) {
  const bool plain = !cell.has(kCountPassivation | kAdmission) && !cell.system->options.metrics;
  return GOAKT_LIKELY(plain) ? run<true>(cell) : run<false>(cell);
}

TurnEnd run_turn(Cell& cell) {
  // A worker's turn within a turn is watched like the outer one; on threads of others nobody looks.
  TurnState own;
  TurnState& state = this_thread.worker != nullptr ? this_thread.worker->turn : own;
  Cell* const outer = this_thread.running;
  const bool outer_gone = this_thread.gone;
  const TurnEnd end = Runner(state).turn(cell);
  this_thread.running = outer;
  this_thread.gone = outer_gone;
  state.running.store(outer, std::memory_order_relaxed);
  return end;
}

void conclude(Cell& cell, ReceiveContext& ctx) {
  Envelope* message = Access::envelope(ctx);
  if (GOAKT_UNLIKELY(Access::error(ctx) != nullptr)) {
    auto error = std::move(Access::error(ctx));
    if (message != nullptr && (Access::outcome(ctx) & Access::kAnswered) == 0)
      refuse_message(*message, error->clone());
    actor_failed(cell, std::move(*error), message);
  }
  if (GOAKT_UNLIKELY((Access::outcome(ctx) & Access::kForward) != 0)) {
    const Pid to = std::exchange(Access::forward_to(ctx), Pid());
    Envelope* handed = std::exchange(message, nullptr);
    const std::uint64_t origin = handed->origin;
    if (auto sent = deliver(to, handed); !sent) {
      if (origin_kind(origin) == OriginKind::slot)
        complete_with_error(origin, sent.error().clone());
      actor_failed(cell, std::move(sent).error(), nullptr);
    }
  }
  if (message != nullptr && (Access::outcome(ctx) & Access::kTaken) == 0) {
    if (GOAKT_UNLIKELY(Access::refusal(ctx) != nullptr))
      dead_letter(cell, message, std::exchange(Access::refusal(ctx), nullptr)->message());
    else
      delete_envelope(message);
  }
  Access::envelope(ctx) = nullptr;
}

void give_arrivals(Cell& cell, Envelope* first, Envelope* last, std::int64_t count) {
  last->next = nullptr;
  enter_mailbox(cell, extension_or_null(cell), first, last, count);
}

void prepend_local(Cell& cell, Envelope* message) {
  message->next = cell.local_head;
  if (cell.local_head == nullptr) cell.local_tail = message;
  cell.local_head = message;
  count_shared(cell, 1);
}

void append_local(Cell& cell, Envelope* first, Envelope* last, std::int64_t count) {
  if (CellExtension* x = extension_or_null(cell); x != nullptr && x->queue != nullptr) {
    count_shared(cell, count);
    while (first != nullptr) {
      Envelope* next = first == last ? nullptr : first->next;
      x->queue->push(first);
      first = next;
    }
    return;
  }
  if (last == nullptr)
    for (last = first; last->next != nullptr;) last = last->next;
  last->next = nullptr;
  if (cell.local_head == nullptr) {
    cell.local_head = first;
  } else {
    if (cell.local_tail == nullptr)
      for (cell.local_tail = cell.local_head; cell.local_tail->next != nullptr;)
        cell.local_tail = cell.local_tail->next;
    cell.local_tail->next = first;
  }
  cell.local_tail = last;
  count_shared(cell, count);
}

bool has_waiting(const Cell& cell) {
  if (cell.local_head != nullptr) return true;
  const CellExtension* x = extension_or_null(cell);
  if (x == nullptr || x->queue == nullptr) return false;
  if (x->admission != nullptr && x->admission->shares_queue()) return x->admission->has_queued();
  return x->queue->size() != 0;
}

void drain_to_dead_letters(Cell& cell, Envelope* closed_inbox, std::string_view reason) {
  CellExtension* extension = extension_or_null(cell);
  Admission* admission = extension == nullptr ? nullptr : extension->admission.get();
  auto bury = [&](Envelope* message) {
    if (message->type == kPostStart) return delete_envelope(message);
    if (admission != nullptr) give_room(*admission, 1);
    dead_letter(cell, message, reason);
  };
  if (extension != nullptr) {
    while (Envelope* message = extension->stash.pop_front()) dead_letter(cell, message, reason);
    extension->stash_size.store(0, std::memory_order_relaxed);
  }
  if (extension != nullptr && extension->queue != nullptr)
    while (Envelope* message = pop_queue(cell, *extension)) dead_letter(cell, message, reason);
  while (Envelope* message = cell.local_head) {
    cell.local_head = message->next;
    count_shared(cell, -1);
    bury(message);
  }
  while (Envelope* message = closed_inbox) {
    closed_inbox = message->next;
    bury(message);
  }
  cell.local_tail = nullptr;
  if (admission == nullptr) cell.local_count.store(0, std::memory_order_relaxed);
}

bool post_control(Cell& cell, std::uint32_t generation, Envelope* envelope, ControlFn run) {
  if (GOAKT_UNLIKELY(cell.has(kRemote)) && run == nullptr)
    return static_cast<RemoteActor*>(cell.actor)->deliver(envelope).has_value();
  if (run != nullptr) {
    envelope->origin = kTaskOrigin;
    envelope->context = reinterpret_cast<const MessageContext*>(run);
  }
  Envelope* head = cell.control.load(std::memory_order_relaxed);
  do {
    if (head == kControlClosed || !cell.is(generation)) {
      drop_control(envelope);
      return false;
    }
    envelope->next = head;
  } while (!cell.control.compare_exchange_weak(head, envelope, std::memory_order_seq_cst,
                                               std::memory_order_relaxed));
  if (cell.inbox.try_activate(generation)) cell.system->dispatcher.schedule(cell);
  return true;
}

void close_control(Cell& cell) {
  Envelope* list = cell.control.exchange(kControlClosed, std::memory_order_acq_rel);
  while (list != nullptr) {
    Envelope* next = list->next;
    drop_control(list);
    list = next;
  }
}

namespace {

std::string demangled(const std::type_info* type) {
  if (type == nullptr) return "unknown";
  int status = 0;
  char* name = abi::__cxa_demangle(type->name(), nullptr, nullptr, &status);
  std::string result = status == 0 && name != nullptr ? name : type->name();
  std::free(name);
  return result;
}

}  // namespace

std::string failure_place(const Cell& cell, const Envelope& message) {
  return cell.kind->name + " handling " + std::string(message.type->name);
}

Error current_exception_error(std::string_view place) {
  std::string cause;
  try {
    throw;
  } catch (Error& error) {
    return std::move(error);
  } catch (const std::exception& e) {
    cause = std::string(e.what()) + " (" + demangled(&typeid(e)) + ")";
  } catch (...) {
    cause = "exception of type " + demangled(abi::__cxa_current_exception_type());
  }
  if (!place.empty()) cause.append(" at ").append(place);
  return errors::panic(cause);
}

Pid asker_of(std::uint64_t origin) {
  if (origin_kind(origin) != OriginKind::slot) return {};
  ReplySlot& slot = slot_of(origin);
  Cell* cell = slot.asker.load(std::memory_order_relaxed);
  const std::uint32_t generation = slot.asker_generation.load(std::memory_order_relaxed);
  if (cell == nullptr || !is_waiting(origin)) return {};
  return PidAccess::make(cell, generation);
}

void refuse_message(const Envelope& message, Error error) {
  if (origin_kind(message.origin) == OriginKind::slot)
    complete_with_error(message.origin, std::move(error));
}

const Behaviour& receive_behaviour() {
  static const Behaviour behaviour = [] {
    Behaviour b;
    b.takes_anything = true;
    b.handles_post_start = true;
    return b;
  }();
  return behaviour;
}

}  // namespace goakt::internal
