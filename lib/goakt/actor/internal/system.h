#pragma once

#include "goakt/actor/event_stream.h"
#include "goakt/actor/internal/cell.h"
#include "goakt/actor/internal/cell_store.h"
#include "goakt/actor/internal/dead_letters.h"
#include "goakt/actor/internal/dispatcher.h"
#include "goakt/actor/internal/evictor.h"
#include "goakt/actor/internal/extension.h"
#include "goakt/actor/internal/name_table.h"
#include "goakt/actor/internal/origin.h"
#include "goakt/actor/internal/passivator.h"
#include "goakt/actor/internal/scheduler.h"
#include "goakt/actor/internal/shutdown.h"
#include "goakt/actor/internal/timers.h"
#include "goakt/actor/internal/watchdog.h"
#include "goakt/actor/metric.h"
#include "goakt/actor/system.h"
#include "goakt/base/clock.h"

#include <array>
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace goakt::internal {

// What actors of one kind have in common: its name and its counters.
struct KindInfo {
  std::string name;
  std::atomic<std::int64_t> actors{0};

  // Of actors that have stopped.
  std::atomic<std::uint64_t> processed{0};
  std::atomic<std::uint64_t> failures{0};
  std::atomic<std::uint64_t> restarts{0};
  std::atomic<std::uint64_t> reinstated{0};
  std::atomic<std::uint64_t> passivated{0};

  // Nanoseconds per message, one sample per turn; only with SystemOptions::metrics.
  std::array<std::atomic<std::uint64_t>, PowerHistogram::kBuckets> processing{};
  std::atomic<std::uint64_t> processing_sum{0};

  void add_turn(Duration duration, std::uint32_t messages);
};

// The runtime of one node: everything that actors share. Owned by its ActorSystem.
class System {
 public:
  enum class State : std::uint8_t { created, starting, running, stopping, stopped };

  System(std::string name, SystemOptions options);
  ~System();

  Status start();
  Status stop();

  // -- facts
  ActorSystem* facade = nullptr;
  const std::string name;
  const SystemOptions options;
  std::atomic<std::int64_t> mailbox_soft_limit;  // that of the options, until changed
  const std::shared_ptr<Clock> clock_owner;
  Clock& clock;
  const bool has_real_clock;  // else a test's, which is read at every turn
  const TimePoint started_at;

  bool running() const { return state.load(std::memory_order_acquire) == State::running; }

  // Milliseconds since the system was made, coarse.
  std::uint32_t now_ms() const {
    return static_cast<std::uint32_t>(clock.coarse_ms() - started_coarse_ms);
  }

  std::string address_prefix() const;  // "goakt://NAME@HOST:PORT/"

  // -- parts
  std::atomic<State> state{State::created};
  const std::int64_t started_coarse_ms;
  CellStore cells;
  NameTable names;
  Dispatcher dispatcher;
  Watchdog watchdog;  // over the dispatcher's normal workers
  Timers timers;
  Scheduler scheduler;
  Passivator passivator;
  Evictor evictor;
  EventStream events;
  DeadLetters dead_letters;
  std::atomic<std::uint64_t> spawn_sequence{0};
  std::atomic<std::int64_t> user_actors{0};
  std::atomic<std::uint64_t> late_replies{0};
  std::shared_ptr<HookRun> hanging_hook;  // the shutdown has given it up

  // -- guardians
  Cell* root = nullptr;
  Cell* user = nullptr;
  Cell* system_guardian = nullptr;
  Cell* no_sender = nullptr;
  Cell* death_watch = nullptr;
  Cell* dead_letter_actor = nullptr;

  // Guards the child list of `parent`.
  SpinLock& children_lock(const Cell& parent) {
    return tree_locks[(reinterpret_cast<std::uintptr_t>(&parent) >> 6) % tree_locks.size()];
  }

  KindInfo& kind(std::string_view name);
  std::vector<KindMetric> kind_metrics();

  // By id; fixed.
  std::map<std::string, std::shared_ptr<Extension>, std::less<>> extensions;
  std::mutex dependency_mutex;  // guards dependency_types
  std::map<std::string, std::function<std::shared_ptr<Dependency>()>, std::less<>> dependency_types;

  // In the actor's own turn, when it has begun to work and when it leaves for good.
  void actor_started(Cell& cell) { passivator.add(cell); }

  void actor_stopped(Cell& cell);
  // The innermost actors that have not ended: names for whoever waits for a stop in vain.
  std::string who_hangs();
  // A failure that nobody else reports.
  void log_failure(const Cell& cell, std::string_view what, const Error& error);

  template <class E>
  void publish(E&& make_event) {
    if (GOAKT_UNLIKELY(events.has_subscribers())) events.publish(Event(make_event()));
  }

 private:
  std::array<SpinLock, 64> tree_locks;
  std::mutex kinds_mutex;  // guards kinds
  std::map<std::string, std::unique_ptr<KindInfo>, std::less<>> kinds;
};

// -- spawn.cc
// ----------------------------------------------------------------------------------------

struct SpawnRequest {
  Cell* parent;
  std::string_view name;
  ActorRecipe recipe;
  SpawnOptions options;
  std::uint32_t flags = 0;  // kSystemActor, kInternal, kSystemPool
};

Result<Pid> spawn_actor(System& system, SpawnRequest request);

// -- cell.cc
// -----------------------------------------------------------------------------------------

Status call_pre_start(Cell& cell);
Status call_post_stop(Cell& cell);
void announce_start(Cell& cell);
void give_post_start(Cell& cell);
Duration init_timeout_of(const Cell& cell);
std::vector<Pid> children_of(Cell& parent);
// Waits on any thread: a worker runs other actors meanwhile, a seeded system its turns and its
// clock. Error: request_timeout.
Status await_completion(System& system, Completion& completion, Duration timeout);

// Puts `run(cell, envelope)` before all user messages of the actor and wakes it. False: it is gone,
// the envelope has been destroyed. Takes ownership; a null `run` is a control message for the
// behaviour.
bool post_control(Cell& cell, std::uint32_t generation, Envelope* envelope, ControlFn run);

// The same for a function, which runs in the actor's turn, or is destroyed unrun when the actor is
// gone.
template <class F>
struct ControlTask {
  F function;
};

template <class F>
bool post(Cell& cell, std::uint32_t generation, F function) {
  Envelope* envelope = Message::make<ControlTask<F>>(ControlTask<F>{std::move(function)}).release();
  return post_control(cell, generation, envelope, [](Cell& c, Envelope& e) {
    static_cast<ControlTask<F>*>(e.value())->function(c);
  });
}

template <class F>
bool post(const Pid& pid, F function) {
  return post(*PidAccess::cell(pid), PidAccess::generation(pid), std::move(function));
}

void close_control(Cell& cell);

// -- lifecycle.cc, in the actor's own turn:
// ------------------------------------------------------------------

void begin_stop(Cell& cell, StopMode mode, CompletionPtr completion);
void finish_stop(Cell& cell);  // all that it waited for has happened
// The parent has started again; `started` is told when this one has.
void resume_halted(Cell& cell, CompletionPtr started);
void supervised_restart(Cell& cell);  // object, mailbox and stash stay
void suspend(Cell& cell, std::string_view reason);
void reinstate(Cell& cell);
// The turn's failure: supervision (supervision.cc). The message is copied where it can be.
void actor_failed(Cell& cell, Error error, const Envelope* message);

// Asks the actor to stop or to restart; `completion` may be null. Error: dead, for a restart.
void request_stop(const Pid& pid, StopMode mode, CompletionPtr completion);

CellExtension& extension_of(Cell& cell);  // made when missing; runner or spawner only

inline CellExtension* extension_or_null(const Cell& cell) {
  return cell.extension.load(std::memory_order_acquire);
}

inline Pid pid_of(Cell& cell) {
  return PidAccess::make(&cell, cell.generation.load(std::memory_order_relaxed));
}

// The supervisor that applies: the actor's own, else the system's, else GoAkt's default.
const Supervisor& supervisor_of(const Cell& cell);
std::string path_of(const Cell& cell);

// -- pid.cc
// ------------------------------------------------------------------------------------------

// Puts a message whose origin is set into the target's mailbox. Takes ownership. Errors: those of
// Pid::tell.
Status deliver(const Pid& to, Envelope* message);
// For a sender that can wait: false while a mailbox that blocks is full, and the message stays
// whole.
Result<bool> deliver_if_room(const Pid& to, Message& message);
// Runs the turn of an idle actor here and now, with that message; false: it is busy, or not to be
// run by this thread, and the message stays the caller's.
bool run_if_idle(const Pid& to, Envelope* message);
// The same; what the target does not take becomes a dead letter.
void deliver_or_dead_letter(const Pid& to, Envelope* message);
Error ask_timeout_error(const Pid& to, std::string_view type, std::chrono::nanoseconds timeout);

// -- admission.cc
// ------------------------------------------------------------------------------------

// Takes a place in a bounded mailbox, or does what its overflow policy says. Owns the message
// unless `accepted`.
Status reserve_room(Cell& cell, std::uint32_t generation, Envelope* message, bool& accepted);
// Places given back by the runner.
void give_room(Admission& admission, std::int64_t places);
// The actor has stopped: nobody enters or waits any more.
void close_admission(Cell& cell);
// From the stash to the tail of the mailbox; runner only.
void return_to_mailbox(Cell& cell, Envelope* message);

// -- async.cc
// ----------------------------------------------------------------------------------------

// Ends all coroutines and requests of the actor: coroutines see request_canceled.
void cancel_async(Cell& cell);
// Would `self`, waiting for `target`, wait for an actor that over others waits for `self`? `names`
// becomes the way: "a -> b -> a". Any thread.
bool closes_ask_cycle(const Cell& self, const Cell* target, std::string& names);

// -- runner.cc
// ---------------------------------------------------------------------------------------

// Delivers before everything else that waits, or where the mailbox's order puts it; runner only.
// Neither takes a place in a bounded mailbox.
void prepend_local(Cell& cell, Envelope* message);
void append_local(Cell& cell, Envelope* first, Envelope* last, std::int64_t count);
// Messages have been taken from the inbox and not yet handled; runner only.
bool has_waiting(const Cell& cell);
// Puts messages that bypassed the inbox into the mailbox, oldest first; runner only.
void give_arrivals(Cell& cell, Envelope* first, Envelope* last, std::int64_t count);

inline void give_arrival(Cell& cell, Envelope* message) {
  if (GOAKT_UNLIKELY(cell.local_head != nullptr ||
                     cell.extension.load(std::memory_order_relaxed) != nullptr))
    return give_arrivals(cell, message, message, 1);
  message->next = nullptr;
  cell.local_head = message;
  cell.local_tail = message;
  cell.local_count.store(1, std::memory_order_relaxed);
}

// Makes dead letters of everything that waits in the mailbox and the stash; runner only.
void drain_to_dead_letters(Cell& cell, Envelope* closed_inbox, std::string_view reason);
// What follows every handler: failure, forward, end of the message.
void conclude(Cell& cell, ReceiveContext& ctx);
// In which handler something was thrown: as far as C++ tells where.
std::string failure_place(const Cell& cell, const Envelope& message);
// The exception being handled, as an error; `place`: where it came from.
Error current_exception_error(std::string_view place = {});
// The asker's or teller's way to hear about it; takes no ownership.
void refuse_message(const Envelope& message, Error error);

}  // namespace goakt::internal
