#include "goakt/actor/system.h"

#include "goakt/actor/extension.h"
#include "goakt/actor/internal/system.h"
#include "goakt/actor/messages.h"
#include "goakt/base/errors.h"
#include "goakt/base/memory.h"
#include "goakt/base/names.h"

#include <algorithm>
#include <signal.h>

namespace goakt {

using internal::Cell;
using internal::HookRun;
using internal::System;

ActorSystem::ActorSystem(std::unique_ptr<System> system) : system_(std::move(system)) {
  system_->facade = this;
}

ActorSystem::~ActorSystem() {
  if (system_->running()) static_cast<void>(system_->stop());
  // Its guardian may be stopping it, on a thread of its own.
  while (system_->state.load(std::memory_order_acquire) == System::State::stopping)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  // After a stop that timed out threads still run; most end when they are given a moment more.
  constexpr auto kGrace = std::chrono::seconds(2);
  if (HookRun* hook = system_->hanging_hook.get(); hook != nullptr && !hook->wait(kGrace))
    hook->detach();
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

namespace {

bool alive(const internal::NameTable::Found& found) {
  return found && !found.cell->has(internal::kStopping) && found.cell->has(internal::kRunning);
}

}  // namespace

Result<Pid> ActorSystem::actor_of(std::string_view name) const {
  if (!system_->running()) return fail(ErrorCode::actor_system_not_started);
  const auto found = system_->names.find(name);
  if (!alive(found) || found.cell->has(internal::kSystemActor))
    return unexpected(errors::actor_not_found(name));
  return internal::PidAccess::make(found.cell, found.generation);
}

bool ActorSystem::actor_exists(std::string_view name) const {
  return system_->running() && alive(system_->names.find(name));
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

Result<std::shared_ptr<Subscriber>> ActorSystem::subscribe(SubscribeOptions options) {
  if (system_->state.load(std::memory_order_acquire) >= System::State::stopping)
    return fail(ErrorCode::actor_system_not_started);
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
