#include "goakt/actor/internal/remote.h"
#include "goakt/actor/internal/system.h"
#include "goakt/actor/messages.h"
#include "goakt/base/backoff.h"
#include "goakt/base/errors.h"

#include <algorithm>

// How actors end, and begin again. Everything here runs in the actor's own turn: stop and restart
// are a state machine of control messages, never a blocked thread.
//
//   begin_stop: children are told to stop (for a restart: to halt)
//   finish_stop: all of them have; post_stop; the mailbox becomes dead letters
//     stop, passivate  → leave: out of the tree, the cell is given back
//     halt             → waits until its parent tells it to start again
//     restart          → try_start until pre_start succeeds, then the children again
//     (start_children)
//                        and, when all of them have started, the actor itself (started_again)
//
// A restart by supervision skips the first half: try_start on the suspended actor.

namespace goakt::internal {

namespace {

// Tells the children, and counts those that have to end first. False: there are none.
bool stop_children(Cell& cell, StopMode mode, std::uint32_t flags) {
  std::vector<Pid> children;
  {
    // Under the lock: from now on no child joins, and each that ends counts itself off.
    std::lock_guard lock(cell.system->children_lock(cell));
    cell.flags.fetch_or(flags, std::memory_order_release);
    for (Cell* child = cell.first_child; child != nullptr; child = child->next_sibling)
      children.push_back(pid_of(*child));
    if (!children.empty()) {
      CellExtension& x = extension_of(cell);
      ++x.stop_round;
      x.pending_children = children.size();
    }
  }
  for (const Pid& child : children) post(child, [mode](Cell& c) { begin_stop(c, mode, nullptr); });
  return !children.empty();
}

// The child has halted, or leaves the tree. Wakes the parent when it was the last one of those
// that the parent's stop waits for. Each counts once per round: one that halted and then leaves
// does not count twice.
void count_off(Cell& child, bool leaves) {
  System& system = *child.system;
  Cell& parent = *child.parent;
  const Pid parent_pid = pid_of(parent);
  std::uint32_t round;
  {
    std::lock_guard lock(system.children_lock(parent));
    if (leaves) {
      (child.previous_sibling != nullptr ? child.previous_sibling->next_sibling
                                         : parent.first_child) = child.next_sibling;
      if (child.next_sibling != nullptr)
        child.next_sibling->previous_sibling = child.previous_sibling;
    }
    CellExtension* of_parent = extension_or_null(parent);
    if (of_parent == nullptr || of_parent->pending_children == 0) return;
    round = of_parent->stop_round;
    if (CellExtension* x = extension_or_null(child)) {
      if (x->counted_round == round) return;
      x->counted_round = round;
    }
    if (--of_parent->pending_children != 0) return;
  }
  post(parent_pid, [round](Cell& p) {
    if (p.has(kStopping) && extension_of(p).stop_round == round) finish_stop(p);
  });
}

void notify_terminated(const std::vector<Pid>& watchers, const Pid& self, const std::string& path,
                       WallTime at) {
  for (const Pid& watcher : watchers) {
    Message notice = Message::make<Terminated>(path, at);
    notice.get()->origin = origin_of_actor(self);
    post_control(*PidAccess::cell(watcher), PidAccess::generation(watcher), notice.release(),
                 nullptr);
  }
}

// Who is told that the actor is gone; nobody watches or is watched by it any more.
std::vector<Pid> take_watchers(Cell& cell) {
  std::vector<Pid> watchers;
  CellExtension* x = extension_or_null(cell);
  if (x != nullptr) {
    watchers = std::exchange(x->watchers, {});
    for (const Pid& target : std::exchange(x->watched, {})) {
      if (const RemoteActor* remote = remote_actor(target)) {
        remote->unwatch(pid_of(cell));
        continue;
      }
      post(target, [self = pid_of(cell)](Cell& watched) {
        if (CellExtension* w = extension_or_null(watched)) std::erase(w->watchers, self);
      });
    }
  }
  // A parent watches its children, except those that it stops as part of its own stop.
  Cell& parent = *cell.parent;
  const std::uint32_t flags = parent.flags.load(std::memory_order_acquire);
  const Pid parent_pid = pid_of(parent);
  if ((flags & (kSystemActor | kStopping | kRunning)) == kRunning &&
      std::find(watchers.begin(), watchers.end(), parent_pid) == watchers.end())
    watchers.push_back(parent_pid);
  return watchers;
}

void finish_waiters(std::vector<CompletionPtr> completions, const std::optional<Error>& error) {
  for (const auto& completion : completions)
    completion->finish(error ? Status(unexpected(error->clone())) : Status());
}

// For tools: why the actor is in its state, and since when.
void note_state(Cell& cell, std::string_view reason) {
  CellExtension& x = extension_of(cell);
  std::lock_guard lock(x.shared_mutex);
  x.state_since = cell.system->clock.wall();
  x.state_reason = reason;
}

// Gives back what the extension of a stopped actor owns. The rest is still read by threads that
// looked at the actor a moment ago: its memory goes when the cell is used again.
void retire(CellExtension& x) {
  x.supervisor.reset();
  {
    std::lock_guard lock(x.shared_mutex);
    x.dependencies = {};
  }
  x.factory = nullptr;
  x.watchers = {};
  x.watched = {};
  x.behaviours = {};
  x.awaits.store(nullptr, std::memory_order_relaxed);
  // A shared queue may be looked at, under its lock, by a sender that comes too late.
  if (x.admission == nullptr || !x.admission->shares_queue()) x.queue.reset();
}

std::string_view drain_reason(const System& system) {
  return error_text(system.running() ? ErrorCode::dead : ErrorCode::system_shutting_down);
}

// The first half of a restart is over: the object rests, its mailbox is empty.
void rest(Cell& cell) {
  System& system = *cell.system;
  std::int64_t count;
  Envelope* waiting = cell.inbox.take_all(count);
  drain_to_dead_letters(cell, waiting, drain_reason(system));
  system.publish([&] { return ActorStopped{path_of(cell), system.clock.wall()}; });
  notify_terminated(take_watchers(cell), pid_of(cell), path_of(cell), system.clock.wall());
  extension_of(cell).rests = true;
}

// The end. Afterwards the cell belongs to nobody, and then to another actor.
void leave(Cell& cell) {
  System& system = *cell.system;
  CellExtension* x = extension_or_null(cell);
  const bool announced = x != nullptr && x->rests;
  const Pid self = pid_of(cell);
  const std::string path = path_of(cell);
  const std::vector<Pid> watchers = announced ? std::vector<Pid>() : take_watchers(cell);

  cell.flags.fetch_and(~std::uint32_t{kRunning | kSuspended}, std::memory_order_release);
  std::int64_t count;
  close_admission(cell);
  Envelope* waiting = cell.inbox.close(count);
  drain_to_dead_letters(cell, waiting, drain_reason(system));
  close_control(cell);
  delete std::exchange(cell.actor, nullptr);
  if (!announced)
    system.publish([&]() -> Event {
      if (cell.has(kPassivating)) return ActorPassivated{path, system.clock.wall()};
      return ActorStopped{path, system.clock.wall()};
    });
  cell.kind->actors.fetch_sub(1, std::memory_order_relaxed);
  if (!cell.has(kSystemActor | kInternal))
    system.user_actors.fetch_sub(1, std::memory_order_relaxed);

  // From here on its name is free, and its parent may go, too.
  this_thread.gone = true;
  system.names.erase(cell);
  system.actor_stopped(cell);
  count_off(cell, true);
  std::vector<CompletionPtr> completions;
  std::optional<Error> stop_error;
  if (x = extension_or_null(cell); x != nullptr) {
    completions = std::move(x->completions);
    stop_error = std::move(x->stop_error);
    retire(*x);
  }
  system.cells.release(cell);
  finish_waiters(std::move(completions), stop_error);
  notify_terminated(watchers, self, path, system.clock.wall());
}

// The stop itself, once nothing else is under way.
void stop_now(Cell& cell, StopMode mode) {
  const bool comes_back = mode == StopMode::restart || mode == StopMode::halt;
  cell.masked |= kMaskStopping;
  const bool waits = stop_children(cell, comes_back ? StopMode::halt : StopMode::stop,
                                   kStopping | (mode == StopMode::passivate ? kPassivating : 0u) |
                                       (comes_back ? kRestarting : 0u));
  cancel_async(cell);
  if (!waits) finish_stop(cell);
}

// A stop that comes while another is under way may change how that one ends.
void change_stop(Cell& cell, StopMode mode, CompletionPtr completion) {
  CellExtension& x = extension_of(cell);
  const bool comes_back = x.stop_mode == StopMode::restart || x.stop_mode == StopMode::halt;
  if (completion) {
    if (mode == StopMode::restart && !comes_back)
      completion->finish(fail(ErrorCode::dead));
    else
      x.completions.push_back(std::move(completion));
  }
  if (!comes_back || mode == StopMode::restart || mode == StopMode::passivate) return;
  x.stop_mode = mode;
  if (!x.rests) return;  // its own children or post_stop are still to come
  const bool has_started = x.start && x.start->awaits_children;
  x.start.reset();
  if (!has_started) return finish_stop(cell);
  x.rests = false;  // ends like one that ran
  stop_now(cell, mode);
}

// -- Starting again
// ----------------------------------------------------------------------------------

// The start is over, and what waited for it hears of it; `error` is that of a child that could not
// start again.
void started_again(Cell& cell, const std::optional<Error>& error) {
  System& system = *cell.system;
  CellExtension& x = extension_of(cell);
  x.start.reset();
  x.rests = false;
  x.stop_error.reset();
  cell.masked &= static_cast<std::uint8_t>(~(kMaskStopping | kMaskSuspended));
  cell.flags.fetch_and(~std::uint32_t{kStopping | kSuspended | kRestarting},
                       std::memory_order_release);
  cell.restarts.store(static_cast<std::uint16_t>(cell.restarts.load(std::memory_order_relaxed) + 1),
                      std::memory_order_relaxed);
  const std::uint32_t now = system.now_ms();
  cell.started_ms.store(now, std::memory_order_relaxed);
  cell.last_activity_ms.store(now, std::memory_order_relaxed);
  x.count_base = cell.processed.load(std::memory_order_relaxed);
  x.stop_mode = StopMode::stop;  // of the next stop, which says nothing when it is a plain one
  note_state(cell, {});
  give_post_start(cell);
  system.publish([&] { return ActorRestarted{path_of(cell), system.clock.wall()}; });
  finish_waiters(std::exchange(x.completions, {}), error);
}

// Shared by the children that start again after their parent's pre_start. When the last of them has
// started, or ended, the parent goes on.
class Followers {
 public:
  Followers(const Pid& parent, std::uint32_t start) : parent_(parent), start_(start) {}

  Followers(const Followers&) = delete;
  Followers& operator=(const Followers&) = delete;

  ~Followers() {
    post(parent_, [start = start_, error = std::move(error_)](Cell& parent) {
      const CellExtension* x = extension_or_null(parent);
      if (x != nullptr && x->start && x->start->awaits_children && x->start->timer == start)
        started_again(parent, error);
    });
  }

  // For one child: finished, or dropped with whatever it waited in.
  static CompletionPtr add(const std::shared_ptr<Followers>& all) {
    return CompletionPtr(new Completion, [all](Completion* child) {
      Status ended = child->wait({});
      if (!ended && ended.error().code() == ErrorCode::init_failure) {
        std::lock_guard lock(all->mutex_);
        all->error_ = std::move(ended).error();
      }
      delete child;
    });
  }

 private:
  const Pid parent_;
  const std::uint32_t start_;
  std::mutex mutex_;  // guards error_
  std::optional<Error> error_;
};

// pre_start has succeeded: the children follow.
void start_children(Cell& cell) {
  StartTries& start = *extension_of(cell).start;
  announce_start(cell);
  const std::vector<Pid> children = children_of(cell);
  if (children.empty()) return started_again(cell, std::nullopt);
  start.awaits_children = true;
  const auto followers = std::make_shared<Followers>(pid_of(cell), ++start.timer);
  for (const Pid& child : children)
    post(child, [in_place = start.in_place, started = Followers::add(followers)](Cell& c) mutable {
      if (in_place)
        begin_stop(c, StopMode::restart, std::move(started));
      else
        resume_halted(c, std::move(started));
    });
}

void start_failed(Cell& cell, Error cause) {
  CellExtension& x = extension_of(cell);
  Error error(ErrorCode::init_failure,
              "actor=(" + std::string(cell.name()) + ") failed to restart: " + cause.message());
  cell.system->log_failure(cell, "restart", error);
  const bool in_place = x.start->in_place;
  x.start.reset();
  x.stop_error = std::move(error);
  if (in_place) return begin_stop(cell, StopMode::stop, nullptr);
  x.stop_mode = StopMode::stop;
  finish_stop(cell);
}

// A fresh object where the actor's policy says so.
Status recreate(Cell& cell, const CellExtension& x) {
  if (!x.factory) return {};
  try {
    std::unique_ptr<Actor> fresh = x.factory();
    if (!fresh) return fail(ErrorCode::undefined_actor);
    delete std::exchange(cell.actor, fresh.release());
    return {};
  } catch (...) {
    return unexpected(current_exception_error());
  }
}

// One try; after a failed one a timer brings the next.
void try_start(Cell& cell) {
  System& system = *cell.system;
  CellExtension& x = extension_of(cell);
  StartTries& tries = *x.start;
  Status status = recreate(cell, x);
  if (status) status = call_pre_start(cell);
  if (status) return start_children(cell);

  const Duration timeout = init_timeout_of(cell);
  const TimePoint now = system.clock.now();
  if (tries.failed++ == 0) tries.deadline = now + timeout;
  Duration delay = RetryBackoff{.max = timeout}.after(tries.failed, Rng::local());
  if (tries.failed >= static_cast<unsigned>(system.options.actor_init_max_retries) ||
      now >= tries.deadline) {
    if (++tries.rounds_failed >= tries.rounds) return start_failed(cell, std::move(status).error());
    tries.failed = 0;
    delay =
        RetryBackoff{tries.round_delay, tries.round_delay}.after(tries.rounds_failed, Rng::local());
  }
  const std::uint32_t id = ++tries.timer;
  system.timers.after(delay, [pid = pid_of(cell), id] {
    post(pid, [id](Cell& c) {
      const CellExtension* still = extension_or_null(c);
      if (still != nullptr && still->start && still->start->timer == id) try_start(c);
    });
  });
}

void begin_start(Cell& cell, StartTries tries) {
  CellExtension& x = extension_of(cell);
  if (x.original != nullptr) cell.behaviour = x.original;
  x.behaviours.clear();
  // Ids go on, so that the timer of a start that was given up finds itself outdated.
  tries.timer = x.last_start_timer += 1000;
  x.start = tries;
  try_start(cell);
}

}  // namespace

void begin_stop(Cell& cell, StopMode mode, CompletionPtr completion) {
  if (cell.has(kStopping)) return change_stop(cell, mode, std::move(completion));
  if (completion || mode != StopMode::stop || extension_or_null(cell) != nullptr) {
    CellExtension& x = extension_of(cell);
    x.stop_mode = mode;
    x.start.reset();
    if (completion) x.completions.push_back(std::move(completion));
  }
  stop_now(cell, mode);
}

void finish_stop(Cell& cell) {
  CellExtension* x = extension_or_null(cell);
  const StopMode mode = x == nullptr ? StopMode::stop : x->stop_mode;
  const bool comes_back = mode == StopMode::restart || mode == StopMode::halt;
  // A restart that became a stop has children that halted and wait.
  if (!comes_back && stop_children(cell, StopMode::stop, 0)) return;
  if (x == nullptr || !x->rests) {
    if (Status status = call_post_stop(cell); !status) {
      x = &extension_of(cell);
      x->stop_error = std::move(status).error();
      cell.system->log_failure(cell, "post_stop", *x->stop_error);
    }
    if (comes_back) rest(cell);
  }
  if (!comes_back)
    leave(cell);
  else if (mode == StopMode::halt)
    count_off(cell, false);
  else
    begin_start(cell, {});
}

void resume_halted(Cell& cell, CompletionPtr started) {
  CellExtension* x = extension_or_null(cell);
  if (x == nullptr || !x->rests || x->stop_mode != StopMode::halt || x->start) return;
  x->completions.push_back(std::move(started));
  begin_start(cell, {});
}

void supervised_restart(Cell& cell) {
  if (!cell.has(kSuspended) || cell.has(kStopping)) return;
  if (extension_of(cell).start) return;
  cancel_async(cell);
  const Supervisor& supervisor = supervisor_of(cell);
  StartTries tries;
  tries.in_place = true;
  if (supervisor.max_retries() != 0 && supervisor.timeout().count() > 0) {
    tries.rounds = supervisor.max_retries();
    tries.round_delay = supervisor.timeout();
  }
  begin_start(cell, tries);
}

// -- Suspend, reinstate
// ------------------------------------------------------------------------------

void suspend(Cell& cell, std::string_view reason) {
  if (cell.has(kSuspended | kStopping)) return;
  System& system = *cell.system;
  note_state(cell, reason);
  cell.masked |= kMaskSuspended;
  cell.flags.fetch_or(kSuspended, std::memory_order_release);
  cell.failures.store(static_cast<std::uint16_t>(cell.failures.load(std::memory_order_relaxed) + 1),
                      std::memory_order_relaxed);
  system.publish([&] {
    return ActorSuspended{path_of(cell), system.clock.wall(), std::string(reason)};
  });
}

void reinstate(Cell& cell) {
  if (!cell.has(kSuspended) || cell.has(kStopping)) return;
  System& system = *cell.system;
  if (CellExtension* x = extension_or_null(cell)) {
    // Its own part of the restart is done: it goes on without waiting for its children.
    if (x->start && x->start->awaits_children) return started_again(cell, std::nullopt);
    x->start.reset();  // no restart any more
  }
  note_state(cell, {});
  cell.masked &= static_cast<std::uint8_t>(~kMaskSuspended);
  cell.reinstated.store(
      static_cast<std::uint16_t>(cell.reinstated.load(std::memory_order_relaxed) + 1),
      std::memory_order_relaxed);
  cell.last_activity_ms.store(system.now_ms(), std::memory_order_relaxed);
  cell.flags.fetch_or(kPassivationSkipNext, std::memory_order_relaxed);
  cell.flags.fetch_and(~std::uint32_t{kSuspended}, std::memory_order_release);
  system.publish([&] { return ActorReinstated{path_of(cell), system.clock.wall()}; });
}

}  // namespace goakt::internal
