#include "goakt/actor/inspect.h"

#include "goakt/actor/extension.h"
#include "goakt/actor/internal/extension.h"
#include "goakt/actor/internal/system.h"
#include "goakt/actor/messages.h"
#include "goakt/actor/system.h"

namespace goakt {

namespace {

using internal::Cell;
using internal::PidAccess;

Cell* cell_of(const Pid& pid) {
  Cell* cell = PidAccess::cell(pid);
  return cell != nullptr && cell->is(PidAccess::generation(pid)) ? cell : nullptr;
}

void read(const Cell& cell, ActorFacts& facts) {
  facts.state_since = cell.system->clock.wall() -
                      std::chrono::milliseconds(cell.system->now_ms() -
                                                cell.started_ms.load(std::memory_order_relaxed));
  const auto timeout = cell.system->options.passivation_timeout;
  facts.passivation = cell.has(internal::kLongLived) || timeout.count() == 0
                          ? Passivation::long_lived()
                          : Passivation::time_based(timeout);
  facts.passivation_paused = cell.has(internal::kPassivationPaused | internal::kPassivationParked);
  facts.singleton = cell.has(internal::kSingleton);
  internal::CellExtension* x = internal::extension_or_null(cell);
  if (x == nullptr) return;
  {
    std::lock_guard lock(x->shared_mutex);
    if (x->state_since != WallTime{}) facts.state_since = x->state_since;
    facts.state_reason = x->state_reason;
  }
  if (x->passivation) facts.passivation = *x->passivation;
  facts.stashing = x->stashing;
  facts.stash_size = x->stash_size.load(std::memory_order_relaxed);
  facts.supervisor = x->supervisor;
  facts.role = x->role;
  if (x->mailbox) facts.mailbox = x->mailbox->name();
  facts.reentrancy = x->reentrancy;
  for (const auto& dependency : x->dependencies) facts.dependencies.push_back(dependency->id());
}

}  // namespace

Result<ActorFacts> inspect(const Pid& pid) {
  Cell* const cell = cell_of(pid);
  if (cell == nullptr) return fail(ErrorCode::dead);
  ActorFacts facts;
  bool found = false;
  // Under the lock of the name table: an actor leaves the table before it is taken apart.
  cell->system->names.visit(pid.name(), [&](const Cell& named) {
    if (&named != cell || !cell->is(PidAccess::generation(pid))) return;
    read(named, facts);
    found = true;
  });
  if (!found) return fail(ErrorCode::dead);
  return facts;
}

std::uint32_t last_activity_ms(const Pid& pid) {
  const Cell* cell = cell_of(pid);
  return cell == nullptr ? 0 : cell->last_activity_ms.load(std::memory_order_relaxed);
}

std::uint32_t activity_clock_ms(const ActorSystem& system) {
  return system.internals().now_ms();
}

std::vector<Pid> some_children(const Pid& parent, std::size_t limit, std::size_t& total) {
  std::vector<Pid> children;
  total = 0;
  Cell* const cell = cell_of(parent);
  if (cell == nullptr) return children;
  std::lock_guard lock(cell->system->children_lock(*cell));
  for (Cell* child = cell->first_child; child != nullptr; child = child->next_sibling) {
    if (child->has(internal::kStopping)) continue;
    if (total++ < limit) children.push_back(internal::pid_of(*child));
  }
  return children;
}

Status passivate_blocking(const Pid& pid, std::chrono::nanoseconds timeout) {
  Cell* const cell = cell_of(pid);
  if (cell == nullptr) return fail(ErrorCode::dead);
  if (cell->has(internal::kSystemActor)) return fail(ErrorCode::shutdown_forbidden);
  if (internal::this_thread.worker == nullptr) cell->system->dispatcher.normal().flush_lane();
  auto completion = std::make_shared<internal::Completion>();
  internal::request_stop(pid, internal::StopMode::passivate, completion);
  return internal::await_completion(*cell->system, *completion, timeout);
}

void replay_dead_letters_if(ActorSystem& system,
                            const std::function<bool(const Deadletter&)>& chosen,
                            const std::function<void(const Deadletter&, const Status&)>& done) {
  const auto named = [&](std::string_view path) {
    const auto found = system.actor_of(path.substr(path.rfind('/') + 1));
    return found && found->path() == path ? *found : Pid();
  };
  const auto send = [&](const Deadletter& letter) -> Status {
    if (!letter.message || letter.message->is<NoMessage>())
      return fail(ErrorCode::invalid_message, "the message itself is not kept");
    const Pid to = named(letter.receiver);
    if (!to) return fail(ErrorCode::actor_not_found, "no actor " + letter.receiver + " now");
    GOAKT_TRY(Message copy, letter.message->copy());
    return internal::send(to, copy.release(), named(letter.sender));
  };
  for (Deadletter& letter : system.internals().dead_letters.take_if(chosen)) {
    const Status sent = send(letter);
    done(letter, sent);
    if (!sent) system.internals().dead_letters.put_back(std::move(letter));
  }
}

Result<std::chrono::nanoseconds> ping(ActorSystem& system, std::chrono::nanoseconds timeout) {
  auto completion = std::make_shared<internal::Completion>();
  const auto begin = std::chrono::steady_clock::now();
  auto answer = [waiter = internal::Waiter(completion, ErrorCode::dead)](Cell&) mutable {
    if (const auto waiting = waiter.release()) waiting->finish({});
  };
  const Pid guardian = system.user_guardian();
  if (!guardian || !internal::post(guardian, std::move(answer))) return fail(ErrorCode::dead);
  GOAKT_CHECK(internal::await_completion(system.internals(), *completion, timeout));
  return std::chrono::steady_clock::now() - begin;
}

DispatcherFacts inspect_dispatcher(const ActorSystem& system) {
  const internal::WorkerPool& pool = system.internals().dispatcher.normal();
  DispatcherFacts facts;
  facts.workers = pool.size();
  for (std::size_t i = 0; i < pool.size(); ++i) {
    const internal::Worker& worker = pool.worker(i);
    facts.turns += worker.turns.load(std::memory_order_relaxed);
    facts.steals += worker.steals.load(std::memory_order_relaxed);
    if (worker.busy.load(std::memory_order_relaxed)) ++facts.busy;
    if (worker.lifo.load(std::memory_order_relaxed) != nullptr) ++facts.ready;
  }
  facts.ready += pool.queued();
  return facts;
}

std::vector<DeadletterCount> dead_letters_by_cause(const ActorSystem& system) {
  return system.internals().dead_letters.by_cause();
}

}  // namespace goakt
