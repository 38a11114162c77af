#include "goakt/actor/system.h"

#include "goakt/actor/extension.h"
#include "goakt/actor/internal/shutdown.h"
#include "goakt/actor/internal/system.h"
#include "goakt/actor/messages.h"
#include "goakt/base/errors.h"
#include "goakt/base/memory.h"
#include "goakt/base/names.h"

#include <algorithm>
#include <sched.h>
#include <signal.h>
#include <thread>

namespace goakt {

namespace internal {

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
      clock_owner(options.clock),
      clock(clock_owner ? *clock_owner : SystemClock::instance()),
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
  options.logger.log(LogLevel::error, what, error, {{"actor", path}});
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
  const TimePoint deadline = clock.now() + options.shutdown_timeout;
  Shutdown shutdown(*facade, options.shutdown_hooks, clock);
  evictor.stop();
  passivator.stop();
  scheduler.stop();
  shutdown.run(ShutdownPhase::before_unbind, ShutdownPhase::before_actors_stop);
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
  shutdown.run(ShutdownPhase::after_actors_stop, ShutdownPhase::after_actors_stop);
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
    if (metric.actors != 0 || metric.processed != 0) metrics.push_back(std::move(metric));
  std::sort(metrics.begin(), metrics.end(),
            [](const KindMetric& a, const KindMetric& b) { return a.kind < b.kind; });
  return metrics;
}

}  // namespace internal

using internal::Cell;
using internal::System;

ActorSystem::ActorSystem(std::unique_ptr<System> system) : system_(std::move(system)) {
  system_->facade = this;
}

ActorSystem::~ActorSystem() {
  if (system_->running()) static_cast<void>(system_->stop());
  // After a stop that timed out threads still run; most end when they are given a moment more.
  constexpr auto kGrace = std::chrono::seconds(2);
  if (system_->dispatcher.stop(std::chrono::steady_clock::now() + kGrace)) return;
  // Handlers that never return still use it. Kept in sight of leak checkers.
  static std::mutex mutex;
  static auto* const left_behind = new std::vector<std::unique_ptr<System>>;
  std::lock_guard lock(mutex);
  left_behind->push_back(std::move(system_));
}

namespace {

Status check_options(const SystemOptions& o) {
  const auto invalid = [](const char* text) { return fail(ErrorCode::invalid_argument, text); };
  if (o.throughput_budget == 0) return invalid("throughput budget must be greater than zero");
  if (o.actor_init_max_retries <= 0)
    return invalid("actor init max retries must be greater than zero");
  if (o.blocking_threads == 0) return invalid("blocking threads must be greater than zero");
  for (const std::chrono::nanoseconds timeout :
       {o.actor_init_timeout, o.shutdown_timeout, o.ask_timeout, o.eviction_interval})
    if (timeout.count() <= 0) return fail(ErrorCode::invalid_timeout);
  if (o.passivation_timeout.count() < 0 || o.stall_warning.count() < 0)
    return fail(ErrorCode::invalid_timeout);
  const MemoryPressure& pressure = o.memory_pressure;
  if (pressure.percent < 0 || pressure.percent > 100 || pressure.evicted_percent < 0 ||
      pressure.evicted_percent > 100)
    return invalid("memory pressure is given in percent");
  if (pressure.policy > EvictionPolicy::mru) return fail(ErrorCode::invalid_eviction_policy);
  for (const auto& extension : o.extensions) {
    if (!extension) return invalid("extension must not be null");
    GOAKT_CHECK(names::check_id(extension->id()));
  }
  for (const auto& hook : o.shutdown_hooks)
    if (!hook) return invalid("shutdown hook must not be null");
  return {};
}

}  // namespace

Result<std::unique_ptr<ActorSystem>> ActorSystem::create(std::string_view name,
                                                         SystemOptions options) {
  GOAKT_CHECK(names::check_system(name));
  GOAKT_CHECK(names::check_host_port(options.host, options.port));
  GOAKT_CHECK(check_options(options));
  return std::unique_ptr<ActorSystem>(
      new ActorSystem(std::make_unique<System>(std::string(name), std::move(options))));
}

Status ActorSystem::start() {
  return system_->start();
}

Status ActorSystem::stop() {
  return system_->stop();
}

std::string_view ActorSystem::name() const {
  return system_->name;
}

bool ActorSystem::is_running() const {
  return system_->running();
}

std::chrono::milliseconds ActorSystem::uptime() const {
  return std::chrono::milliseconds(system_->now_ms());
}

std::size_t ActorSystem::num_actors() const {
  return static_cast<std::size_t>(
      std::max<std::int64_t>(0, system_->user_actors.load(std::memory_order_relaxed)));
}

Result<Pid> ActorSystem::spawn_recipe(std::string_view name, internal::ActorRecipe recipe,
                                      SpawnOptions options) {
  if (!system_->running()) return fail(ErrorCode::actor_system_not_started);
  GOAKT_CHECK(names::check_user_actor(name));
  return internal::spawn_actor(*system_,
                               {system_->user, name, std::move(recipe), std::move(options), 0});
}

Result<Pid> ActorSystem::actor_of(std::string_view name) const {
  if (!system_->running()) return fail(ErrorCode::actor_system_not_started);
  const auto found = system_->names.find(name);
  if (!found || found.cell->has(internal::kSystemActor | internal::kStopping) ||
      !found.cell->has(internal::kRunning))
    return unexpected(errors::actor_not_found(name));
  return internal::PidAccess::make(found.cell, found.generation);
}

bool ActorSystem::actor_exists(std::string_view name) const {
  return actor_of(name).has_value();
}

std::vector<Pid> ActorSystem::actors() const {
  return scan_actors(0, SIZE_MAX).actors;
}

ActorSystem::Page ActorSystem::scan_actors(std::uint64_t cursor, std::size_t limit,
                                           bool with_system_actors) const {
  Page page;
  page.next = system_->names.scan(cursor, limit, [&](Cell& cell) {
    const std::uint32_t flags = cell.flags.load(std::memory_order_acquire);
    if ((flags & internal::kRunning) == 0) return false;
    if ((flags & (internal::kSystemActor | internal::kInternal)) != 0 && !with_system_actors)
      return false;
    page.actors.push_back(internal::pid_of(cell));
    return true;
  });
  return page;
}

Status ActorSystem::kill(std::string_view name) {
  GOAKT_TRY(Pid pid, actor_of(name));
  return pid.stop_blocking(system_->options.shutdown_timeout);
}

Result<Pid> ActorSystem::respawn(std::string_view name) {
  GOAKT_TRY(Pid pid, actor_of(name));
  GOAKT_CHECK(pid.restart_blocking());
  return pid;
}

// -- Schedules
// ----------------------------------------------------------------------------------------

Result<std::string> ActorSystem::schedule_once(const Pid& to, Message message,
                                               std::chrono::nanoseconds delay,
                                               ScheduleOptions options) {
  return system_->scheduler.once(to, std::move(message), delay, std::move(options));
}

Result<std::string> ActorSystem::schedule(const Pid& to, Message message,
                                          std::chrono::nanoseconds interval,
                                          ScheduleOptions options) {
  return system_->scheduler.every(to, std::move(message), interval, std::move(options));
}

Result<std::string> ActorSystem::schedule_cron(const Pid& to, Message message,
                                               std::string_view expression,
                                               ScheduleOptions options) {
  return system_->scheduler.cron(to, std::move(message), expression, std::move(options));
}

Status ActorSystem::cancel_schedule(std::string_view reference) {
  return system_->scheduler.cancel(reference);
}

Status ActorSystem::pause_schedule(std::string_view reference) {
  return system_->scheduler.pause(reference);
}

Status ActorSystem::resume_schedule(std::string_view reference) {
  return system_->scheduler.resume(reference);
}

std::vector<ScheduleInfo> ActorSystem::list_schedules() const {
  return system_->scheduler.list();
}

// -- Events and dead letters
// --------------------------------------------------------------------------

std::shared_ptr<Subscriber> ActorSystem::subscribe(std::size_t capacity, EventFilter filter) {
  return system_->events.subscribe(capacity, std::move(filter));
}

Result<std::shared_ptr<Subscriber>> ActorSystem::subscribe(SubscribeOptions options) {
  if (!system_->running()) return fail(ErrorCode::actor_system_not_started);
  return system_->events.subscribe(std::move(options));
}

Status ActorSystem::unsubscribe(const Subscriber& subscriber) {
  if (!system_->running()) return fail(ErrorCode::actor_system_not_started);
  system_->events.unsubscribe(subscriber);
  return {};
}

std::vector<Deadletter> ActorSystem::dead_letters(const DeadletterQuery& query) const {
  return system_->dead_letters.kept(query);
}

std::uint64_t ActorSystem::dead_letters_count() const {
  return system_->dead_letters.total();
}

std::uint64_t ActorSystem::dead_letters_count(std::string_view receiver) const {
  return system_->dead_letters.count_for(receiver);
}

Result<std::size_t> ActorSystem::replay_dead_letters(const DeadletterQuery& query) {
  if (!system_->running()) return fail(ErrorCode::actor_system_not_started);
  // Names are unique enough to find the actor, the path tells whether it is the one.
  const auto named = [this](std::string_view path) {
    const auto found = actor_of(path.substr(path.rfind('/') + 1));
    return found && found->path() == path ? *found : Pid();
  };
  std::size_t sent = 0;
  for (Deadletter& letter : system_->dead_letters.take(query)) {
    const Pid to = named(letter.receiver);
    auto copy = letter.message->is<NoMessage>() ? Result<Message>(fail(ErrorCode::invalid_message))
                                                : letter.message->copy();
    if (to && copy && internal::send(to, copy->release(), named(letter.sender)))
      ++sent;
    else
      system_->dead_letters.put_back(std::move(letter));
  }
  return sent;
}

// -- Figures
// ------------------------------------------------------------------------------------------

Result<SystemMetric> ActorSystem::metric() const {
  if (!system_->running()) return fail(ErrorCode::actor_system_not_started);
  SystemMetric metric;
  metric.dead_letters = dead_letters_count();
  metric.actors = num_actors();
  metric.uptime = std::chrono::duration_cast<std::chrono::seconds>(uptime());
  metric.memory_used = memory::used();
  metric.memory_size = memory::size();
  metric.memory_available = memory::free();
  return metric;
}

std::vector<KindMetric> ActorSystem::kind_metrics() const {
  return system_->kind_metrics();
}

// -- Extensions and dependencies
// ----------------------------------------------------------------------

std::shared_ptr<Extension> ActorSystem::extension(std::string_view id) const {
  const auto it = system_->extensions.find(id);
  return it == system_->extensions.end() ? nullptr : it->second;
}

std::vector<std::shared_ptr<Extension>> ActorSystem::extensions() const {
  std::vector<std::shared_ptr<Extension>> all;
  for (const auto& [id, extension] : system_->extensions) all.push_back(extension);
  return all;
}

void ActorSystem::inject(std::string_view type_name,
                         std::function<std::shared_ptr<Dependency>()> factory) {
  std::lock_guard lock(system_->dependency_mutex);
  system_->dependency_types.insert_or_assign(std::string(type_name), std::move(factory));
}

Result<std::shared_ptr<Dependency>> ActorSystem::make_dependency(std::string_view type_name,
                                                                 std::string_view bytes) const {
  std::function<std::shared_ptr<Dependency>()> factory;
  {
    std::lock_guard lock(system_->dependency_mutex);
    const auto it = system_->dependency_types.find(type_name);
    if (it == system_->dependency_types.end())
      return fail(ErrorCode::dependency_type_not_registered);
    factory = it->second;
  }
  std::shared_ptr<Dependency> dependency = factory();
  if (!dependency) return fail(ErrorCode::instance_not_dependency);
  GOAKT_CHECK(dependency->unmarshal(bytes));
  return dependency;
}

Pid ActorSystem::no_sender() const {
  return system_->no_sender == nullptr ? Pid() : internal::pid_of(*system_->no_sender);
}

Pid ActorSystem::root_guardian() const {
  return system_->root == nullptr ? Pid() : internal::pid_of(*system_->root);
}

Pid ActorSystem::user_guardian() const {
  return system_->user == nullptr ? Pid() : internal::pid_of(*system_->user);
}

Pid ActorSystem::system_guardian() const {
  return system_->system_guardian == nullptr ? Pid() : internal::pid_of(*system_->system_guardian);
}

bool ActorSystem::run_until_idle(std::size_t max_turns) {
  for (std::size_t i = 0; i < max_turns; ++i) {
    system_->timers.fire_due();
    if (!system_->dispatcher.run_one()) return true;
  }
  return false;
}

int ActorSystem::run(const std::function<Status()>& start_hook,
                     const std::function<Status()>& stop_hook) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  sigset_t before;
  pthread_sigmask(SIG_BLOCK, &signals, &before);
  int code = 0;
  if (start_hook && !start_hook()) code = 1;
  if (code == 0 && !start()) code = 1;
  if (code == 0) {
    int signal = 0;
    sigwait(&signals, &signal);
    if (stop_hook && !stop_hook()) code = 1;
    if (!stop()) code = 1;
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return code;
}

// -- Function actors
// ---------------------------------------------------------------------------------

namespace {

class FunctionActor final : public Actor {
 public:
  explicit FunctionActor(std::function<Status(ReceiveContext&)> function)
      : function_(std::move(function)) {}

  void receive(ReceiveContext& ctx) override {
    if (ctx.message<PostStart>() != nullptr) return;
    if (Status status = function_(ctx); !status) ctx.err(std::move(status).error());
  }

 private:
  std::function<Status(ReceiveContext&)> function_;
};

}  // namespace

Result<Pid> ActorSystem::spawn_function(std::string_view name,
                                        std::function<Status(ReceiveContext&)> function,
                                        SpawnOptions options) {
  options.relocatable = false;
  auto recipe = internal::recipe_of<FunctionActor>(options, std::move(function));
  recipe.kind = "goakt.function";
  const std::string drawn = name.empty() ? Uuid::random().to_string() : std::string(name);
  return spawn_recipe(drawn, std::move(recipe), std::move(options));
}

}  // namespace goakt
