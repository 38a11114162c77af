#include "goakt/actor/extension.h"
#include "goakt/actor/internal/reply_slot.h"
#include "goakt/actor/internal/system.h"
#include "goakt/actor/messages.h"
#include "goakt/base/backoff.h"
#include "goakt/base/errors.h"
#include "goakt/base/names.h"

#include <algorithm>

// How actors begin, end, and begin again. Except for spawning, everything here runs in the actor's
// own turn: stop is a state machine of control messages, never a blocked thread.

namespace goakt::internal {

// -- Completion
// --------------------------------------------------------------------------------------

void Completion::finish(Status status) {
  {
    std::lock_guard lock(mutex_);
    if (done_) return;
    done_ = true;
    if (!status) error_ = std::move(status).error();
  }
  changed_.notify_all();
}

Status Completion::wait(std::chrono::nanoseconds timeout) {
  std::unique_lock lock(mutex_);
  if (!changed_.wait_for(lock, timeout, [&] { return done_; }))
    return fail(ErrorCode::request_timeout);
  if (error_) return unexpected(error_->clone());
  return {};
}

bool Completion::done() const {
  std::lock_guard lock(mutex_);
  return done_;
}

CellExtension& extension_of(Cell& cell) {
  CellExtension* extension = cell.extension.load(std::memory_order_acquire);
  if (extension == nullptr) {
    extension = new CellExtension;
    cell.extension.store(extension, std::memory_order_release);
  }
  return *extension;
}

const Supervisor& supervisor_of(const Cell& cell) {
  static const Supervisor kDefault;
  if (const auto* extension = extension_or_null(cell);
      extension != nullptr && extension->supervisor)
    return *extension->supervisor;
  if (const auto& system_default = cell.system->options.default_supervisor) return *system_default;
  return kDefault;
}

std::string path_of(const Cell& cell) {
  std::string path = cell.system->address_prefix();
  const Cell* parent = cell.parent;
  if (parent != nullptr && !parent->has(kSystemActor) && !cell.has(kSystemActor))
    path.append(parent->name()).append("/");
  return path.append(cell.name());
}

namespace {

// -- Tree
// --------------------------------------------------------------------------------------------

// False: the parent no longer takes children.
bool link_child(System& system, Cell& parent, Cell& child) {
  std::lock_guard lock(system.children_lock(parent));
  if ((parent.flags.load(std::memory_order_relaxed) & (kRunning | kStopping)) != kRunning)
    return false;
  child.next_sibling = parent.first_child;
  child.previous_sibling = nullptr;
  if (parent.first_child != nullptr) parent.first_child->previous_sibling = &child;
  parent.first_child = &child;
  return true;
}

// True: the parent's stop waits for children and this was the last.
bool unlink_child(System& system, Cell& child) {
  Cell& parent = *child.parent;
  std::lock_guard lock(system.children_lock(parent));
  if (child.previous_sibling != nullptr)
    child.previous_sibling->next_sibling = child.next_sibling;
  else if (parent.first_child == &child)
    parent.first_child = child.next_sibling;
  if (child.next_sibling != nullptr) child.next_sibling->previous_sibling = child.previous_sibling;
  if (!parent.has(kStopping)) return false;
  CellExtension* extension = extension_or_null(parent);
  return extension != nullptr &&
         extension->pending_children.fetch_sub(1, std::memory_order_acq_rel) == 1;
}

std::vector<Pid> children_of(System& system, Cell& parent) {
  std::vector<Pid> children;
  std::lock_guard lock(system.children_lock(parent));
  for (Cell* child = parent.first_child; child != nullptr; child = child->next_sibling)
    children.push_back(pid_of(*child));
  return children;
}

// -- Start
// -------------------------------------------------------------------------------------------

// pre_start with GoAkt's retries. An exception counts as a failed try.
Status try_pre_start(Cell& cell) {
  System& system = *cell.system;
  const CellExtension* extension = extension_or_null(cell);
  const Duration timeout = extension != nullptr && extension->init_timeout
                               ? *extension->init_timeout
                               : system.options.actor_init_timeout;
  const RetryBackoff backoff{.max = timeout};
  std::optional<TimePoint> deadline;
  for (unsigned tries = 1;; ++tries) {
    Context context(pid_of(cell));
    Status status;
    try {
      status = cell.actor->pre_start(context);
    } catch (...) {
      status = unexpected(current_exception_error());
    }
    if (status) return status;
    if (!deadline) deadline = system.clock.now() + timeout;
    if (tries >= static_cast<unsigned>(std::max(1, system.options.actor_init_max_retries)) ||
        system.clock.now() >= *deadline)
      return unexpected(errors::init_failure(std::move(status).error()));
    system.clock.sleep_for(backoff.after(tries, Rng::local()));
  }
}

void announce_start(Cell& cell) {
  System& system = *cell.system;
  system.publish([&] { return ActorStarted{path_of(cell), system.clock.wall()}; });
}

// The first user message of a start.
void give_post_start(Cell& cell) {
  const Behaviour& behaviour = *cell.behaviour;
  if (behaviour.handles_post_start || behaviour.takes_anything)
    prepend_local(cell, Message::make<PostStart>().release());
}

// The runner's activity ends here: whoever sends next schedules the actor.
void release_turn(Cell& cell) {
  if (has_waiting(cell) || cell.control.load(std::memory_order_acquire) != nullptr) {
    cell.system->dispatcher.schedule(cell);
    return;
  }
  const std::uint32_t generation = cell.generation.load(std::memory_order_relaxed);
  if (!cell.inbox.try_idle()) {
    cell.system->dispatcher.schedule(cell);
  } else if (cell.control.load(std::memory_order_seq_cst) != nullptr &&
             cell.inbox.try_activate(generation)) {
    cell.system->dispatcher.schedule(cell);
  }
}

Status check_options(const SpawnOptions& o) {
  if (o.init_timeout && o.init_timeout->count() <= 0) return fail(ErrorCode::invalid_timeout);
  if (o.passivation && o.passivation->kind() == Passivation::Kind::time_based &&
      o.passivation->timeout().count() <= 0)
    return unexpected(errors::invalid_passivation_strategy(o.passivation->describe()));
  if (o.passivation && o.passivation->kind() == Passivation::Kind::messages_count_based &&
      o.passivation->messages() == 0)
    return unexpected(errors::invalid_passivation_strategy(o.passivation->describe()));
  for (const auto& dependency : o.dependencies) {
    if (!dependency) return fail(ErrorCode::dependency_not_found, "dependency must not be null");
    GOAKT_CHECK(names::check_id(dependency->id()));
  }
  return {};
}

bool needs_extension(const SpawnRequest& request, const Cell& parent) {
  const SpawnOptions& o = request.options;
  const CellExtension* inherited = extension_or_null(parent);
  return o.passivation || o.supervisor || o.mailbox || o.stashing || o.reentrancy ||
         !o.dependencies.empty() || o.init_timeout || !o.role.empty() || request.recipe.factory ||
         (inherited != nullptr && (inherited->reentrancy || !inherited->role.empty()));
}

void apply_options(Cell& cell, SpawnRequest& request) {
  SpawnOptions& o = request.options;
  std::uint32_t flags = request.flags;
  if (o.relocatable && (request.flags & kSystemActor) == 0 && cell.parent == cell.system->user)
    flags |= kRelocatable;
  if (o.dispatcher == DispatcherKind::blocking) flags |= kBlockingPool;
  if (o.long_lived || (o.passivation && o.passivation->kind() == Passivation::Kind::long_lived))
    flags |= kLongLived;
  if (o.passivation && o.passivation->kind() == Passivation::Kind::messages_count_based)
    flags |= kCountPassivation;
  if (needs_extension(request, *cell.parent)) {
    CellExtension& x = extension_of(cell);
    const CellExtension* inherited = extension_or_null(*cell.parent);
    const bool user_child = inherited != nullptr && !cell.parent->has(kSystemActor);
    x.supervisor = std::move(o.supervisor);
    x.passivation = o.passivation;
    x.reentrancy = o.reentrancy ? o.reentrancy : user_child ? inherited->reentrancy : std::nullopt;
    x.role = o.role.empty() && user_child ? inherited->role : std::move(o.role);
    x.dependencies = std::move(o.dependencies);
    x.init_timeout = o.init_timeout;
    x.factory = std::move(request.recipe.factory);
    x.stashing = o.stashing;
    if (o.mailbox) {
      x.mailbox = std::move(o.mailbox);
      x.queue = x.mailbox->make_queue();
      if (x.mailbox->capacity() != 0) {
        x.admission = std::make_shared<Admission>(x.mailbox->capacity(), x.mailbox->overflow());
        flags |= kAdmission | kDirectTell;
      }
    }
  }
  if ((flags & (kSystemPool | kBlockingPool)) != 0)
    flags |= kDirectTell;
  else if (cell.system->options.inline_ask && !cell.system->dispatcher.seeded())
    flags |= kInlineAsk;
  if (cell.system->dispatcher.seeded()) flags |= kDirectTell;
  cell.flags.store(flags | kStarting, std::memory_order_release);
}

void discard_cell(Cell& cell) {
  delete std::exchange(cell.actor, nullptr);
  delete cell.extension.exchange(nullptr);
  cell.flags.store(0, std::memory_order_release);
  cell.system->cells.release(cell);
}

// Waits until a spawn or stop of that actor under way has ended.
void wait_for_change(System& system, const NameTable::Found& found) {
  if (found.cell->has(kStarting)) {
    std::unique_lock lock(system.spawn_mutex);
    system.spawns_waiting.fetch_add(1, std::memory_order_seq_cst);
    system.spawn_ended.wait_for(lock, std::chrono::seconds(1), [&] {
      return !found.cell->is(found.generation) || !found.cell->has(kStarting);
    });
    system.spawns_waiting.fetch_sub(1, std::memory_order_relaxed);
    return;
  }
  auto completion = std::make_shared<Completion>();
  request_stop(PidAccess::make(found.cell, found.generation), StopMode::stop, completion);
  static_cast<void>(completion->wait(std::chrono::seconds(5)));
}

void end_starting(System& system) {
  { std::lock_guard lock(system.spawn_mutex); }
  system.spawn_ended.notify_all();
}

}  // namespace

// -- Spawn
// -------------------------------------------------------------------------------------------

Result<Pid> spawn_actor(System& system, SpawnRequest request) {
  Cell& parent = *request.parent;
  if (request.name.empty() || request.name.size() > names::kMaxLength)
    GOAKT_CHECK(names::check_actor(request.name));
  const std::string_view name = request.name;
  if (!request.recipe.object) return fail(ErrorCode::undefined_actor);
  GOAKT_CHECK(check_options(request.options));

  Cell* cell = nullptr;
  for (;;) {
    if (const auto existing = system.names.find_child(parent, name)) {
      const std::uint32_t flags = existing.cell->flags.load(std::memory_order_acquire);
      const Pid pid = PidAccess::make(existing.cell, existing.generation);
      if ((flags & kRunning) != 0 && (flags & (kStopping | kStarting)) == 0 &&
          existing.cell->is(existing.generation)) {
        if (cell != nullptr) discard_cell(*cell);
        if (request.options.unique) return unexpected(errors::actor_already_exists(name));
        return pid;
      }
      wait_for_change(system, existing);
      continue;
    }
    if (cell == nullptr) {
      cell = &system.cells.allocate(name);
      cell->system = &system;
      cell->parent = &parent;
      cell->behaviour = request.recipe.behaviour;
      cell->actor = request.recipe.object.release();
      cell->kind = &system.kind(request.recipe.kind);
      cell->spawn_sequence = system.spawn_sequence.fetch_add(1, std::memory_order_relaxed);
      apply_options(*cell, request);
      cell->control.store(nullptr, std::memory_order_relaxed);
      cell->inbox.open(cell->generation.load(std::memory_order_relaxed));
    }
    bool wire_address_taken;
    if (system.names.insert(*cell, wire_address_taken)) break;
    if (wire_address_taken) {
      discard_cell(*cell);
      return unexpected(errors::actor_already_exists(name));
    }
  }

  if (Status started = try_pre_start(*cell); !started) {
    system.names.erase(*cell);
    discard_cell(*cell);
    end_starting(system);
    return unexpected(std::move(started).error());
  }
  if (!link_child(system, parent, *cell)) {
    Context context(pid_of(*cell));
    try {
      static_cast<void>(cell->actor->post_stop(context));
    } catch (...) {
    }
    system.names.erase(*cell);
    discard_cell(*cell);
    end_starting(system);
    if (parent.has(kSystemActor)) return fail(ErrorCode::actor_system_not_started);
    return fail(ErrorCode::dead);
  }
  const Pid pid = pid_of(*cell);
  cell->started_ms.store(system.now_ms(), std::memory_order_relaxed);
  cell->last_activity_ms.store(cell->started_ms.load(std::memory_order_relaxed),
                               std::memory_order_relaxed);
  cell->kind->actors.fetch_add(1, std::memory_order_relaxed);
  if (!cell->has(kSystemActor | kInternal))
    system.user_actors.fetch_add(1, std::memory_order_relaxed);
  announce_start(*cell);
  if (!parent.has(kSystemActor))
    system.publish([&] {
      return ActorChildCreated{path_of(*cell), path_of(parent), system.clock.wall()};
    });
  give_post_start(*cell);
  cell->flags.fetch_or(kRunning, std::memory_order_relaxed);
  cell->flags.fetch_and(~std::uint32_t{kStarting}, std::memory_order_release);
  if (system.spawns_waiting.load(std::memory_order_relaxed) != 0) end_starting(system);
  system.actor_started(*cell);
  release_turn(*cell);
  return pid;
}

Result<Pid> spawn_child(const Pid& parent, std::string_view name, ActorRecipe recipe,
                        SpawnOptions options) {
  Cell* cell = PidAccess::cell(parent);
  if (cell == nullptr || !parent.is_running()) return fail(ErrorCode::dead);
  GOAKT_CHECK(names::check_user_actor(name));
  if (name == cell->name())
    return fail(ErrorCode::invalid_argument, "child name and parent name must be different");
  return spawn_actor(*cell->system, {cell, name, std::move(recipe), std::move(options), 0});
}

// -- Stop
// --------------------------------------------------------------------------------------------

namespace {

// Ends the waiters of a request that never ran because the actor was gone.
struct Waiter {
  CompletionPtr completion;
  ErrorCode otherwise;
  bool is_error;

  Waiter(CompletionPtr c, bool error, ErrorCode code)
      : completion(std::move(c)), otherwise(code), is_error(error) {}

  Waiter(Waiter&&) = default;

  ~Waiter() {
    if (completion) completion->finish(is_error ? Status(fail(otherwise)) : Status());
  }
};

Status run_post_stop(Cell& cell) {
  Context context(pid_of(cell));
  try {
    return cell.actor->post_stop(context);
  } catch (...) {
    return unexpected(current_exception_error());
  }
}

void tell_watchers(Cell& cell) {
  CellExtension* x = extension_or_null(cell);
  System& system = *cell.system;
  const Pid self = pid_of(cell);
  auto notify = [&](const Pid& watcher) {
    Message notice = Message::make<Terminated>(path_of(cell), system.clock.wall());
    notice.get()->origin = origin_of_actor(self);
    post_control(*PidAccess::cell(watcher), PidAccess::generation(watcher), notice.release(),
                 nullptr);
  };
  Cell& parent = *cell.parent;
  const bool parent_listens =
      !parent.has(kSystemActor | kStopping | kRestarting) && parent.has(kRunning);
  if (parent_listens) notify(pid_of(parent));
  if (x == nullptr) return;
  for (const Pid& watcher : std::exchange(x->watchers, {}))
    if (!(parent_listens && watcher == pid_of(parent))) notify(watcher);
  for (const Pid& target : std::exchange(x->watched, {}))
    post(target, [self](Cell& watched) {
      if (CellExtension* w = extension_or_null(watched)) std::erase(w->watchers, self);
    });
}

void finish_waiters(std::vector<CompletionPtr> completions, std::optional<Error> error) {
  for (const auto& completion : completions)
    completion->finish(error ? Status(unexpected(error->clone())) : Status());
}

// Gives back what the extension of a stopped actor owns. The rest is still read by threads that
// looked at the actor a moment ago: its memory goes when the cell is used again.
void retire(CellExtension& x) {
  x.supervisor.reset();
  x.dependencies = {};
  x.factory = nullptr;
  x.watchers = {};
  x.watched = {};
  x.behaviours = {};
  x.awaits.store(nullptr, std::memory_order_relaxed);
  // A shared queue may be looked at, under its lock, by a sender that comes too late.
  if (x.admission == nullptr || !x.admission->shares_queue()) x.queue.reset();
}

void notify_parent_of_last(Cell& parent) {
  post(pid_of(parent), [](Cell& p) { children_stopped(p); });
}

void start_again(Cell& cell);

// All children are gone: the actor itself ends, or halts.
void finish_stop(Cell& cell) {
  System& system = *cell.system;
  CellExtension* x = extension_or_null(cell);
  const StopMode mode = x == nullptr ? StopMode::stop : x->stop_mode;
  if (Status status = run_post_stop(cell); !status) {
    x = &extension_of(cell);
    x->stop_error = std::move(status).error();
    system.log_failure(cell, "post_stop", *x->stop_error);
  }
  tell_watchers(cell);
  const std::string_view reason =
      error_text(system.running() ? ErrorCode::dead : ErrorCode::system_shutting_down);

  if (mode == StopMode::restart || mode == StopMode::halt) {
    std::int64_t count;
    Envelope* waiting = cell.inbox.take_all(count);
    drain_to_dead_letters(cell, waiting, reason);
    system.publish([&] { return ActorStopped{path_of(cell), system.clock.wall()}; });
    if (mode == StopMode::halt) {
      Cell& parent = *cell.parent;
      CellExtension* px = extension_or_null(parent);
      if (px != nullptr && px->pending_children.fetch_sub(1, std::memory_order_acq_rel) == 1)
        notify_parent_of_last(parent);
      return;
    }
    start_again(cell);
    return;
  }

  system.names.erase(cell);
  const bool last_child = unlink_child(system, cell);
  cell.flags.fetch_and(~std::uint32_t{kRunning | kSuspended}, std::memory_order_release);
  std::int64_t count;
  close_admission(cell);
  Envelope* waiting = cell.inbox.close(count);
  drain_to_dead_letters(cell, waiting, reason);
  close_control(cell);
  if (mode == StopMode::passivate)
    system.publish([&] { return ActorPassivated{path_of(cell), system.clock.wall()}; });
  else
    system.publish([&] { return ActorStopped{path_of(cell), system.clock.wall()}; });
  cell.kind->actors.fetch_sub(1, std::memory_order_relaxed);
  if (!cell.has(kSystemActor | kInternal))
    system.user_actors.fetch_sub(1, std::memory_order_relaxed);

  Cell& parent = *cell.parent;
  delete std::exchange(cell.actor, nullptr);
  this_thread.gone = true;
  std::vector<CompletionPtr> waiting_for_end;
  std::optional<Error> stop_error;
  if (x = extension_or_null(cell); x != nullptr) {
    waiting_for_end = std::move(x->completions);
    stop_error = std::move(x->stop_error);
    retire(*x);
  }
  system.actor_stopped(cell);
  if (last_child) notify_parent_of_last(parent);
  system.cells.release(cell);
  finish_waiters(std::move(waiting_for_end), std::move(stop_error));
}

// Puts a stopped object back to work: restart, or a child's share in its parent's restart.
void start_again(Cell& cell) {
  System& system = *cell.system;
  CellExtension& x = extension_of(cell);
  if (x.factory) {
    delete cell.actor;
    cell.actor = x.factory().release();
  }
  if (x.original != nullptr) cell.behaviour = x.original;
  x.behaviours.clear();
  if (Status started = try_pre_start(cell); !started) {
    // A restart that fails ends in a stop; the object has had its post_stop.
    Error error(ErrorCode::init_failure, "actor=(" + std::string(cell.name()) +
                                             ") failed to restart: " + started.error().message());
    system.log_failure(cell, "restart", error);
    x.stop_error = std::move(error);
    x.stop_mode = StopMode::stop;
    abandon_start(cell);
    return;
  }
  cell.masked &= static_cast<std::uint8_t>(~(kMaskStopping | kMaskRestarting | kMaskSuspended));
  cell.flags.fetch_and(~std::uint32_t{kStopping | kSuspended | kRestarting | kPassivating},
                       std::memory_order_release);
  cell.restarts.store(static_cast<std::uint16_t>(cell.restarts.load(std::memory_order_relaxed) + 1),
                      std::memory_order_relaxed);
  cell.started_ms.store(system.now_ms(), std::memory_order_relaxed);
  cell.last_activity_ms.store(system.now_ms(), std::memory_order_relaxed);
  x.count_base = cell.processed.load(std::memory_order_relaxed);
  x.stop_mode = StopMode::stop;  // of the next stop, which says nothing when it is a plain one
  announce_start(cell);
  for (const Pid& child : children_of(system, cell)) post(child, [](Cell& c) { resume_halted(c); });
  give_post_start(cell);
  system.publish([&] { return ActorRestarted{path_of(cell), system.clock.wall()}; });
  finish_waiters(std::exchange(x.completions, {}), std::exchange(x.stop_error, {}));
}

}  // namespace

void request_stop(const Pid& pid, StopMode mode, CompletionPtr completion) {
  const bool restart = mode == StopMode::restart;
  post(pid, [mode, waiter = Waiter(std::move(completion), restart, ErrorCode::dead)](
                Cell& cell) mutable { begin_stop(cell, mode, std::move(waiter.completion)); });
}

void begin_stop(Cell& cell, StopMode mode, CompletionPtr completion) {
  System& system = *cell.system;
  if (cell.has(kStopping)) {
    CellExtension& x = extension_of(cell);
    // A halted child that is told to stop has no parent any more that would start it again.
    const bool halted = x.stop_mode == StopMode::halt && x.pending_children.load() == 0;
    if (completion) {
      if (mode == StopMode::restart)
        completion->finish(fail(ErrorCode::dead));
      else
        x.completions.push_back(std::move(completion));
    }
    if (mode == StopMode::stop && x.stop_mode != StopMode::passivate) {
      x.stop_mode = StopMode::stop;
      if (halted) abandon_start(cell);
    }
    return;
  }
  if (completion || mode != StopMode::stop) {
    CellExtension& x = extension_of(cell);
    x.stop_mode = mode;
    if (completion) x.completions.push_back(std::move(completion));
  }
  cell.masked |= kMaskStopping;
  std::uint32_t count = 0;
  std::vector<Pid> children;
  {
    // Under the lock: a child that ends from now on counts itself off.
    std::lock_guard lock(system.children_lock(cell));
    for (Cell* child = cell.first_child; child != nullptr; child = child->next_sibling) ++count;
    if (count != 0) {
      extension_of(cell).pending_children.store(count, std::memory_order_relaxed);
      children.reserve(count);
      for (Cell* child = cell.first_child; child != nullptr; child = child->next_sibling)
        children.push_back(pid_of(*child));
    }
    cell.flags.fetch_or(
        kStopping | (mode == StopMode::passivate ? kPassivating : 0u) |
            (mode == StopMode::restart || mode == StopMode::halt ? kRestarting : 0u),
        std::memory_order_release);
  }
  cancel_async(cell);
  if (count == 0) return finish_stop(cell);
  const StopMode of_children =
      mode == StopMode::restart || mode == StopMode::halt ? StopMode::halt : StopMode::stop;
  for (const Pid& child : children)
    post(child, [of_children](Cell& c) { begin_stop(c, of_children, nullptr); });
}

void children_stopped(Cell& cell) {
  if (cell.has(kStopping)) finish_stop(cell);
}

// A stopped or halted object that will not start again: leaves without another post_stop.
void abandon_start(Cell& cell) {
  struct NoActor final : Actor {};

  delete std::exchange(cell.actor, new NoActor);
  std::vector<Pid> children = children_of(*cell.system, cell);
  if (children.empty()) return finish_stop(cell);
  extension_of(cell).pending_children.store(static_cast<std::uint32_t>(children.size()));
  for (const Pid& child : children)
    post(child, [](Cell& c) { begin_stop(c, StopMode::stop, nullptr); });
}

void resume_halted(Cell& cell) {
  CellExtension* x = extension_or_null(cell);
  if (x == nullptr || !cell.has(kStopping) || x->stop_mode != StopMode::halt) return;
  start_again(cell);
}

// -- Restart by supervision, suspend, reinstate
// ------------------------------------------------------

void supervised_restart(Cell& cell) {
  if (!cell.has(kSuspended) || cell.has(kStopping)) return;
  System& system = *cell.system;
  CellExtension& x = extension_of(cell);
  cancel_async(cell);
  if (x.factory) {
    delete cell.actor;
    cell.actor = x.factory().release();
  }
  if (x.original != nullptr) cell.behaviour = x.original;
  x.behaviours.clear();
  const Supervisor& supervisor = supervisor_of(cell);
  const std::uint32_t tries = supervisor.max_retries() == 0 || supervisor.timeout().count() <= 0
                                  ? 1
                                  : supervisor.max_retries();
  Status started;
  for (std::uint32_t i = 0; i < tries; ++i) {
    started = try_pre_start(cell);
    if (started) break;
    if (i + 1 < tries)
      system.clock.sleep_for(
          RetryBackoff{supervisor.timeout(), supervisor.timeout()}.after(i + 1, Rng::local()));
  }
  if (!started) {
    system.log_failure(cell, "restart", started.error());
    begin_stop(cell, StopMode::stop, nullptr);
    return;
  }
  cell.masked &= static_cast<std::uint8_t>(~kMaskSuspended);
  cell.flags.fetch_and(~std::uint32_t{kSuspended}, std::memory_order_release);
  cell.restarts.store(static_cast<std::uint16_t>(cell.restarts.load(std::memory_order_relaxed) + 1),
                      std::memory_order_relaxed);
  cell.started_ms.store(system.now_ms(), std::memory_order_relaxed);
  x.count_base = cell.processed.load(std::memory_order_relaxed);
  announce_start(cell);
  for (const Pid& child : children_of(system, cell))
    post(child, [](Cell& c) { begin_stop(c, StopMode::restart, nullptr); });
  give_post_start(cell);
  system.publish([&] { return ActorRestarted{path_of(cell), system.clock.wall()}; });
}

void suspend(Cell& cell, std::string_view reason) {
  if (cell.has(kSuspended | kStopping)) return;
  System& system = *cell.system;
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
