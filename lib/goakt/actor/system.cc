#include "goakt/actor/system.h"

#include "goakt/actor/internal/system.h"
#include "goakt/actor/messages.h"
#include "goakt/base/errors.h"
#include "goakt/base/names.h"

#include <algorithm>
#include <cstdio>
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
    std::fprintf(stderr, "a system actor failed (%s): stopping the actor system\n",
                 signal.reason.c_str());
    ActorSystem& system = ctx.system();
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
      timers(clock),
      dead_letters(options.dead_letters_kept) {}

System::~System() {
  if (running()) static_cast<void>(stop());
  // What never ran through a stop (guardians of a system that was not started, actors that hung).
  names.scan(0, SIZE_MAX, [](Cell& cell) {
    delete std::exchange(cell.actor, nullptr);
    delete cell.extension.exchange(nullptr);
    return true;
  });
  if (root != nullptr) {
    delete std::exchange(root->actor, nullptr);
    delete root->extension.exchange(nullptr);
  }
}

std::string System::address_prefix() const {
  return "goakt://" + name + "@" + options.host + ":" + std::to_string(options.port) + "/";
}

KindInfo& System::kind(std::string_view kind_name) {
  // The same few kinds over and over, from the same literals.
  thread_local std::pair<const System*, const char*> last_key{};
  thread_local KindInfo* last = nullptr;
  if (last_key == std::pair(static_cast<const System*>(this), kind_name.data()) &&
      last->name == kind_name)
    return *last;
  std::lock_guard lock(kinds_mutex);
  auto it = kinds.find(kind_name);
  if (it == kinds.end()) {
    auto info = std::make_unique<KindInfo>();
    info->name = kind_name;
    it = kinds.emplace(std::string(kind_name), std::move(info)).first;
  }
  last_key = {this, kind_name.data()};
  last = it->second.get();
  return *last;
}

void System::log_failure(const Cell& cell, std::string_view what, const Error& error) {
  events.publish(
      ActorWarning{path_of(cell), clock.wall(), std::string(what) + ": " + error.message()});
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
  dispatcher.start();
  if (!dispatcher.seeded()) timers.start();
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
  state.store(State::running, std::memory_order_release);
  return {};
}

Status System::stop() {
  State expected = State::running;
  if (!state.compare_exchange_strong(expected, State::stopping))
    return fail(ErrorCode::actor_system_not_started);
  const TimePoint deadline = clock.now() + options.shutdown_timeout;
  Status result;
  dispatcher.normal().drain_lanes();
  // All user actors, children before parents; then the runtime's own.
  auto completion = std::make_shared<Completion>();
  request_stop(pid_of(*root), StopMode::stop, completion);
  if (dispatcher.seeded())
    while (!completion->done() && dispatcher.run_one()) {
    }
  if (Status stopped = completion->wait(deadline - clock.now()); !stopped)
    result = std::move(stopped);
  dispatcher.normal().drain_lanes();
  timers.stop();
  dispatcher.stop();
  events.close();
  state.store(State::stopped, std::memory_order_release);
  return result;
}

}  // namespace internal

using internal::Cell;
using internal::System;

ActorSystem::ActorSystem(std::unique_ptr<System> system) : system_(std::move(system)) {
  system_->facade = this;
}

ActorSystem::~ActorSystem() = default;

Result<std::unique_ptr<ActorSystem>> ActorSystem::create(std::string_view name,
                                                         SystemOptions options) {
  GOAKT_CHECK(names::check_system(name));
  if (options.throughput_budget == 0)
    return fail(ErrorCode::invalid_argument, "throughput budget must be greater than zero");
  if (options.actor_init_max_retries <= 0)
    return fail(ErrorCode::invalid_argument, "actor init max retries must be greater than zero");
  if (options.actor_init_timeout.count() <= 0 || options.shutdown_timeout.count() <= 0 ||
      options.ask_timeout.count() <= 0)
    return fail(ErrorCode::invalid_timeout);
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
  const auto found = system_->names.find(name);
  return found && found.cell->has(internal::kRunning) && !found.cell->has(internal::kStopping);
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

std::shared_ptr<Subscriber> ActorSystem::subscribe(std::size_t capacity,
                                                   std::function<bool(const Event&)> filter) {
  return system_->events.subscribe(capacity, std::move(filter));
}

void ActorSystem::unsubscribe(const Subscriber& subscriber) {
  system_->events.unsubscribe(subscriber);
}

std::vector<Deadletter> ActorSystem::dead_letters() const {
  return system_->dead_letters.kept();
}

std::uint64_t ActorSystem::dead_letters_count() const {
  return system_->dead_letters.total();
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
