#include "goakt/actor/extension.h"
#include "goakt/actor/internal/system.h"
#include "goakt/actor/messages.h"
#include "goakt/base/backoff.h"
#include "goakt/base/errors.h"
#include "goakt/base/names.h"

#include <algorithm>

// How actors begin. All of it runs on the spawner's thread, pre_start included; until the end of it
// the new actor counts as being in a turn of that thread.

namespace goakt::internal {

namespace {

// The actors that this thread is starting, innermost first.
struct Starting {
  explicit Starting(const Cell& started) : cell(started), outer(innermost) { innermost = this; }

  Starting(const Starting&) = delete;
  Starting& operator=(const Starting&) = delete;

  ~Starting() { innermost = outer; }

  static bool is_under_way(const Cell& cell) {
    for (const Starting* s = innermost; s != nullptr; s = s->outer)
      if (&s->cell == &cell) return true;
    return false;
  }

  const Cell& cell;
  Starting* const outer;
  static thread_local Starting* innermost;
};

thread_local Starting* Starting::innermost = nullptr;

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

// The first start, with GoAkt's retries on the spawner's thread.
Status start_blocking(Cell& cell) {
  System& system = *cell.system;
  const Duration timeout = init_timeout_of(cell);
  const RetryBackoff backoff{.max = timeout};
  const Starting scope(cell);
  std::optional<TimePoint> deadline;
  for (unsigned tries = 1;; ++tries) {
    Status status = call_pre_start(cell);
    if (status) return status;
    if (!deadline) deadline = system.clock.now() + timeout;
    if (tries >= static_cast<unsigned>(system.options.actor_init_max_retries) ||
        system.clock.now() >= *deadline)
      return unexpected(errors::init_failure(std::move(status).error()));
    system.clock.sleep_for(backoff.after(tries, Rng::local()));
  }
}

// The spawner's turn ends here: whoever sends next schedules the actor.
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
  if (o.reentrancy && o.reentrancy->mode > ReentrancyMode::stash_non_reentrant)
    return fail(ErrorCode::invalid_reentrancy_mode);
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
        flags |= kAdmission;
        if (x.admission->shares_queue()) flags |= kSharedQueue | kDirectTell;
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

// Takes back a cell that never became an actor that others could see running.
void discard_cell(Cell& cell) {
  std::int64_t count;
  drain_to_dead_letters(cell, cell.inbox.close(count), error_text(ErrorCode::dead));
  close_control(cell);
  delete std::exchange(cell.actor, nullptr);
  cell.flags.store(0, std::memory_order_release);
  cell.system->cells.release(cell);
}

// Waits until the start, stop or restart under way of that actor has ended.
Status wait_for_change(System& system, const NameTable::Found& found, std::string_view name) {
  if (Starting::is_under_way(*found.cell))
    return fail(ErrorCode::invalid_argument,
                "actor=(" + std::string(name) + ") is being started by this very call");
  auto completion = std::make_shared<Completion>();
  // Runs when the start has ended; a task that never runs ends the wait, too.
  post(PidAccess::make(found.cell, found.generation),
       [waiter = Waiter(completion)](Cell& cell) mutable {
         if (cell.has(kStopping)) extension_of(cell).completions.push_back(waiter.release());
       });
  const bool in_turn = this_thread.running != nullptr;
  static_cast<void>(await_completion(
      system, *completion, in_turn ? system.options.ask_timeout : system.options.shutdown_timeout));
  if (!completion->done())
    return fail(ErrorCode::request_timeout,
                "actor=(" + std::string(name) + ") has not ended its start or stop yet");
  return {};
}

Cell& make_cell(System& system, SpawnRequest& request) {
  Cell& cell = system.cells.allocate(request.name);
  cell.system = &system;
  cell.parent = request.parent;
  cell.behaviour = request.recipe.behaviour;
  cell.actor = request.recipe.object.release();
  cell.kind = &system.kind(request.recipe.kind);
  cell.spawn_sequence = system.spawn_sequence.fetch_add(1, std::memory_order_relaxed);
  apply_options(cell, request);
  cell.control.store(nullptr, std::memory_order_relaxed);
  cell.inbox.open(cell.generation.load(std::memory_order_relaxed));
  return cell;
}

// Gives the name to `cell` (made when needed), or finds who has it. Waits for actors of that name
// that are just starting or stopping.
Status claim_name(System& system, SpawnRequest& request, Cell*& cell, Pid& existing) {
  for (;;) {
    if (const auto found = system.names.find_child(*request.parent, request.name)) {
      const std::uint32_t flags = found.cell->flags.load(std::memory_order_acquire);
      if ((flags & (kRunning | kStopping | kStarting)) == kRunning &&
          found.cell->is(found.generation)) {
        if (request.options.unique) return unexpected(errors::actor_already_exists(request.name));
        existing = PidAccess::make(found.cell, found.generation);
        return {};
      }
      GOAKT_CHECK(wait_for_change(system, found, request.name));
      continue;
    }
    if (cell == nullptr) cell = &make_cell(system, request);
    bool wire_address_taken;
    if (system.names.insert(*cell, wire_address_taken)) return {};
    if (wire_address_taken) return unexpected(errors::actor_already_exists(request.name));
  }
}

}  // namespace

Result<Pid> spawn_actor(System& system, SpawnRequest request) {
  Cell& parent = *request.parent;
  if (request.name.empty() || request.name.size() > names::kMaxLength)
    GOAKT_CHECK(names::check_actor(request.name));
  if (!request.recipe.object) return fail(ErrorCode::undefined_actor);
  GOAKT_CHECK(check_options(request.options));

  Cell* cell = nullptr;
  Pid existing;
  Status claimed = claim_name(system, request, cell, existing);
  if (!claimed || existing) {
    if (cell != nullptr) discard_cell(*cell);
    if (!claimed) return unexpected(std::move(claimed).error());
    return existing;
  }
  const auto give_up = [&](Error error) {
    system.names.erase(*cell);
    discard_cell(*cell);
    return unexpected(std::move(error));
  };
  if (Status started = start_blocking(*cell); !started) return give_up(std::move(started).error());
  if (!link_child(system, parent, *cell)) {
    static_cast<void>(call_post_stop(*cell));
    return give_up(
        Error(parent.has(kSystemActor) ? ErrorCode::actor_system_not_started : ErrorCode::dead));
  }

  const Pid pid = pid_of(*cell);
  const std::uint32_t now = system.now_ms();
  cell->started_ms.store(now, std::memory_order_relaxed);
  cell->last_activity_ms.store(now, std::memory_order_relaxed);
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

}  // namespace goakt::internal
