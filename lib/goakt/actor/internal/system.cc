#include "goakt/actor/internal/system.h"

#include "goakt/actor/extension.h"
#include "goakt/actor/messages.h"
#include "goakt/base/errors.h"
#include "goakt/base/names.h"

#include <algorithm>
#include <sched.h>
#include <thread>

// How a node's runtime comes up and goes down, and what its parts know about all actors.

namespace goakt::internal {

namespace {

std::size_t usable_cpus() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) return static_cast<std::size_t>(CPU_COUNT(&set));
  return std::max(1u, std::thread::hardware_concurrency());
}

// The runtime's own actors: names in the tree, parents, targets of failures.
struct Guardian : Actor {};

// Parent of the system's own actors: a failure there ends the system.
struct SystemGuardian final : Actor {
  void panicked(const PanicSignal& signal, ReceiveContext& ctx) {
    ActorSystem& system = ctx.system();
    system.internals().options.logger.error("a system actor failed: stopping the actor system",
                                            {{"reason", signal.reason}});
    std::thread([&system] { static_cast<void>(system.stop()); }).detach();
  }

 public:
  static constexpr auto handles = handlers(&SystemGuardian::panicked);
};

const Behaviour& no_behaviour() {
  static const Behaviour behaviour;
  return behaviour;
}

}  // namespace

System::System(std::string system_name, SystemOptions system_options)
    : name(std::move(system_name)),
      options(std::move(system_options)),
      mailbox_soft_limit(static_cast<std::int64_t>(options.mailbox_soft_limit)),
      clock_owner(options.clock),
      clock(clock_owner ? *clock_owner : SystemClock::instance()),
      has_real_clock(dynamic_cast<const SystemClock*>(&clock) != nullptr),
      started_at(clock.now()),
      started_coarse_ms(clock.coarse_ms()),
      dispatcher({options.workers == 0 ? usable_cpus() : options.workers, options.blocking_threads,
                  options.seed}),
      watchdog(dispatcher.normal(), options.stall_warning,
               [this](const Watchdog::Stall& stall) {
                 const std::string message = stall.message == nullptr
                                                 ? std::string("a control message")
                                                 : stall.message->name;
                 publish([&] {
                   return ActorWarning{stall.actor.path(), clock.wall(),
                                       "stalled: at " + message + " for " +
                                           std::to_string(stall.age.count()) + " ms"};
                 });
               }),
      timers(clock),
      scheduler(clock, timers),
      passivator(*this),
      evictor(*this),
      // Callbacks of listeners may block.
      events([this](std::function<void()> call) {
        if (dispatcher.seeded())
          post(pid_of(*root), [call = std::move(call)](Cell&) { call(); });
        else
          dispatcher.blocking().submit(std::move(call));
      }),
      dead_letters(options.dead_letters_kept) {
  for (const auto& extension : options.extensions) extensions[extension->id()] = extension;
}

System::~System() {
  if (running()) static_cast<void>(stop());
  dispatcher.stop(std::chrono::steady_clock::time_point::max());
  // What never ran through a stop: actors that hung, and their parents.
  const auto discard = [](Cell& cell) {
    close_control(cell);
    std::int64_t count;
    drain_to_dead_letters(cell, cell.inbox.close(count), error_text(ErrorCode::dead));
    delete std::exchange(cell.actor, nullptr);
    delete cell.extension.exchange(nullptr);
    return true;
  };
  names.scan(0, SIZE_MAX, discard);
  if (root != nullptr && root->has(kRunning)) discard(*root);
}

std::string System::address_prefix() const {
  return "goakt://" + name + "@" + options.host + ":" + std::to_string(options.port) + "/";
}

KindInfo& System::kind(std::string_view kind_name) {
  // The same few kinds over and over, from the same literals. By the pool's number, which is never
  // given twice: another system may come to lie where one was.
  thread_local std::pair<std::uint64_t, const char*> last_key{};
  thread_local KindInfo* last = nullptr;
  const std::pair key(dispatcher.normal().id(), kind_name.data());
  if (last_key == key && last->name == kind_name) return *last;
  std::lock_guard lock(kinds_mutex);
  auto it = kinds.find(kind_name);
  if (it == kinds.end()) {
    auto info = std::make_unique<KindInfo>();
    info->name = kind_name;
    it = kinds.emplace(std::string(kind_name), std::move(info)).first;
  }
  last_key = key;
  last = it->second.get();
  return *last;
}

std::string System::who_hangs() {
  constexpr std::size_t kNamed = 10;
  std::string text;
  std::size_t count = 0;
  names.scan(0, SIZE_MAX, [&](Cell& cell) {
    bool innermost;
    {
      std::lock_guard lock(children_lock(cell));
      innermost = cell.first_child == nullptr;
    }
    if (!innermost || cell.has(kSystemActor) || ++count > kNamed) return true;
    text.append(count == 1 ? "" : ", ").append(path_of(cell));
    return true;
  });
  if (count > kNamed) text.append(" and " + std::to_string(count - kNamed) + " more");
  return text.append(count == 1 ? " has not stopped" : " have not stopped");
}

void System::log_failure(const Cell& cell, std::string_view what, const Error& error) {
  const std::string path = path_of(cell);
  options.logger.log(LogLevel::error, "an actor failed", error, {{"actor", path}, {"in", what}});
  publish([&] {
    return ActorWarning{path, clock.wall(), std::string(what) + ": " + error.message()};
  });
}

namespace {

Cell& make_guardian(System& system, Cell* parent, std::string_view name,
                    std::unique_ptr<Actor> object, const Behaviour& behaviour,
                    Directive directive) {
  Cell& cell = system.cells.allocate(name);
  cell.system = &system;
  cell.parent = parent == nullptr ? &cell : parent;
  cell.behaviour = &behaviour;
  cell.actor = object.release();
  cell.kind = &system.kind("goakt.system");
  cell.spawn_sequence = system.spawn_sequence.fetch_add(1, std::memory_order_relaxed);
  auto supervisor = std::make_shared<Supervisor>();
  supervisor->any_error(directive);
  extension_of(cell).supervisor = std::move(supervisor);
  cell.inbox.open(cell.generation.load(std::memory_order_relaxed));
  cell.control.store(nullptr, std::memory_order_relaxed);
  cell.flags.store(kRunning | kSystemActor | kSystemPool | kDirectTell | kLongLived,
                   std::memory_order_release);
  bool taken;
  if (parent != nullptr) {
    system.names.insert(cell, taken);
    std::lock_guard lock(system.children_lock(*parent));
    cell.next_sibling = parent->first_child;
    if (parent->first_child != nullptr) parent->first_child->previous_sibling = &cell;
    parent->first_child = &cell;
  }
  static_cast<void>(cell.inbox.try_idle());
  return cell;
}

}  // namespace

Status System::start() {
  State expected = State::created;
  if (!state.compare_exchange_strong(expected, State::starting)) {
    if (expected == State::running || expected == State::starting)
      return fail(ErrorCode::actor_system_already_started);
    return unexpected(
        Error(ErrorCode::actor_system_not_started)
            .with_hint("a stopped actor system cannot be started again; create a new one"));
  }
  dispatcher.normal().on_wake([this] { watchdog.nudge(); });
  dispatcher.start();
  if (!dispatcher.seeded()) {
    watchdog.start();
    timers.start();
  }
  const Behaviour& nothing = no_behaviour();
  root = &make_guardian(*this, nullptr, names::kRootGuardian, std::make_unique<Guardian>(), nothing,
                        Directive::stop);
  system_guardian =
      &make_guardian(*this, root, names::kSystemGuardian, std::make_unique<SystemGuardian>(),
                     behaviour_of<SystemGuardian>(), Directive::escalate);
  no_sender = &make_guardian(*this, system_guardian, names::kNoSender, std::make_unique<Guardian>(),
                             nothing, Directive::resume);
  user = &make_guardian(*this, root, names::kUserGuardian, std::make_unique<Guardian>(), nothing,
                        Directive::escalate);
  death_watch = &make_guardian(*this, system_guardian, names::kDeathWatch,
                               std::make_unique<Guardian>(), nothing, Directive::escalate);
  dead_letter_actor = &make_guardian(*this, system_guardian, names::kDeadletter,
                                     std::make_unique<Guardian>(), nothing, Directive::resume);
  scheduler.start();
  passivator.start();
  state.store(State::running, std::memory_order_release);
  evictor.start();
  return {};
}

Status System::stop() {
  State expected = State::running;
  if (!state.compare_exchange_strong(expected, State::stopping))
    return fail(ErrorCode::actor_system_not_started);
  const TimePoint begin = clock.now();
  const Duration timeout = options.shutdown_timeout;
  const TimePoint deadline = begin + timeout;
  Shutdown shutdown(*this);
  evictor.stop();
  passivator.stop();
  scheduler.stop();
  // Hooks that use up their time leave some to the actors, and actors to the last hooks.
  shutdown.run(ShutdownPhase::before_unbind, ShutdownPhase::before_actors_stop,
               begin + timeout / 5 * 4);
  dispatcher.normal().drain_lanes();
  // All user actors, children before parents; then the runtime's own.
  bool all_stopped = true;
  for (Cell* guardian : {user, root}) {
    auto completion = std::make_shared<Completion>();
    request_stop(pid_of(*guardian), StopMode::stop, completion);
    Status stopped = await_completion(*this, *completion, deadline - clock.now());
    all_stopped = completion->done();
    if (!all_stopped)
      stopped = unexpected(Error(ErrorCode::request_timeout)
                               .while_doing("stopping the actor system: " + who_hangs()));
    shutdown.add(std::move(stopped));
    if (!all_stopped) break;
  }
  shutdown.run(ShutdownPhase::after_actors_stop, ShutdownPhase::after_actors_stop,
               std::max(deadline, clock.now() + timeout / 10));
  dispatcher.normal().drain_lanes();
  timers.stop();
  watchdog.stop();
  // A handler that does not return keeps its thread: only the destructor waits for that.
  if (all_stopped) dispatcher.stop(std::chrono::steady_clock::time_point::max());
  events.close();
  options.logger.flush();
  state.store(State::stopped, std::memory_order_release);
  return shutdown.result();
}

void System::actor_stopped(Cell& cell) {
  passivator.removed(cell);
  scheduler.target_stopped(pid_of(cell));
  KindInfo& info = *cell.kind;
  info.processed.fetch_add(cell.processed.load(std::memory_order_relaxed),
                           std::memory_order_relaxed);
  if (const auto n = cell.failures.load(std::memory_order_relaxed); n != 0)
    info.failures.fetch_add(n, std::memory_order_relaxed);
  if (const auto n = cell.restarts.load(std::memory_order_relaxed); n != 0)
    info.restarts.fetch_add(n, std::memory_order_relaxed);
  if (const auto n = cell.reinstated.load(std::memory_order_relaxed); n != 0)
    info.reinstated.fetch_add(n, std::memory_order_relaxed);
  if (cell.has(kPassivating)) info.passivated.fetch_add(1, std::memory_order_relaxed);
}

void KindInfo::add_turn(Duration duration, std::uint32_t messages) {
  messages = std::max(messages, 1u);  // the last one of an actor is not counted
  const auto each =
      static_cast<std::uint64_t>(std::max<std::int64_t>(duration.count(), 0)) / messages;
  processing[PowerHistogram::bucket_of(each)].fetch_add(messages, std::memory_order_relaxed);
  processing_sum.fetch_add(each * messages, std::memory_order_relaxed);
}

std::vector<KindMetric> System::kind_metrics() {
  std::map<const KindInfo*, KindMetric> by_kind;
  {
    std::lock_guard lock(kinds_mutex);
    for (const auto& [kind_name, info] : kinds) {
      KindMetric& metric = by_kind[info.get()];
      metric.kind = kind_name;
      metric.processed = info->processed.load(std::memory_order_relaxed);
      metric.failures = info->failures.load(std::memory_order_relaxed);
      metric.restarts = info->restarts.load(std::memory_order_relaxed);
      metric.reinstated = info->reinstated.load(std::memory_order_relaxed);
      metric.passivated = info->passivated.load(std::memory_order_relaxed);
      for (std::size_t i = 0; i < PowerHistogram::kBuckets; ++i) {
        metric.processing.buckets[i] = info->processing[i].load(std::memory_order_relaxed);
        metric.processing.count += metric.processing.buckets[i];
      }
      metric.processing.sum = info->processing_sum.load(std::memory_order_relaxed);
    }
  }
  // Cells leave the table under its lock before they end, so all of them are whole.
  names.scan(0, SIZE_MAX, [&](Cell& cell) {
    const auto it = by_kind.find(cell.kind);
    if (it == by_kind.end() || cell.has(kSystemActor)) return true;
    KindMetric& metric = it->second;
    ++metric.actors;
    metric.processed += cell.processed.load(std::memory_order_relaxed);
    metric.failures += cell.failures.load(std::memory_order_relaxed);
    metric.restarts += cell.restarts.load(std::memory_order_relaxed);
    metric.reinstated += cell.reinstated.load(std::memory_order_relaxed);
    if (const CellExtension* x = extension_or_null(cell))
      metric.stashed += x->stash_size.load(std::memory_order_relaxed);
    const auto depth = static_cast<std::uint64_t>(cell.depth());
    metric.mailbox += depth;
    metric.depth.add(depth);
    return true;
  });
  std::vector<KindMetric> metrics;
  for (auto& [info, metric] : by_kind)
    if (metric.actors != 0 || metric.processed != 0 || metric.passivated != 0)
      metrics.push_back(std::move(metric));
  std::sort(metrics.begin(), metrics.end(),
            [](const KindMetric& a, const KindMetric& b) { return a.kind < b.kind; });
  return metrics;
}

}  // namespace goakt::internal
