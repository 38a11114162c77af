#pragma once

#include "goakt/actor/actor.h"
#include "goakt/actor/dead_letter.h"
#include "goakt/actor/event_stream.h"
#include "goakt/actor/handlers.h"
#include "goakt/actor/metric.h"
#include "goakt/actor/pid.h"
#include "goakt/actor/receive_context.h"
#include "goakt/actor/scheduler.h"
#include "goakt/actor/spawn_options.h"
#include "goakt/actor/system_options.h"
#include "goakt/base/export.h"
#include "goakt/base/result.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace goakt {

namespace internal {

class System;

// What a spawn needs to know about the actor's class.
struct ActorRecipe {
  std::unique_ptr<Actor> object;
  const Behaviour* behaviour;
  std::string_view kind;                            // registered kind, else the C++ type's name
  std::function<std::unique_ptr<Actor>()> factory;  // only for recreate_on_restart
};

GOAKT_API Result<Pid> spawn_child(const Pid& parent, std::string_view name, ActorRecipe recipe,
                                  SpawnOptions options);

template <class A, class... Args>
ActorRecipe recipe_of(const SpawnOptions& options, Args&&... args) {
  static_assert(std::is_base_of_v<Actor, A>, "an actor derives from goakt::Actor");
  ActorRecipe recipe;
  recipe.behaviour = &behaviour_of<A>();
  static constexpr std::string_view kKind = pretty_name<A>();  // not searched for at every spawn
  recipe.kind = kKind;
  if constexpr ((std::is_copy_constructible_v<std::decay_t<Args>> && ...)) {
    if (options.recreate_on_restart)
      recipe.factory = [... kept = std::decay_t<Args>(args)]() -> std::unique_ptr<Actor> {
        return std::make_unique<A>(kept...);
      };
  }
  recipe.object = std::make_unique<A>(std::forward<Args>(args)...);
  return recipe;
}

}  // namespace internal

// One node's actors: the tree, its threads, its clocks. Several may live in one process; handles of
// one must not be used with another. All methods may be called from any thread unless they say
// otherwise.
class GOAKT_API ActorSystem {
 public:
  // Errors: name_required, invalid_actor_system_name, and those of the options.
  static Result<std::unique_ptr<ActorSystem>> create(std::string_view name,
                                                     SystemOptions options = {});
  // Stops the system when it still runs.
  ~ActorSystem();
  ActorSystem(const ActorSystem&) = delete;
  ActorSystem& operator=(const ActorSystem&) = delete;

  // Errors: actor_system_already_started; a stopped system cannot be started again
  // (actor_system_not_started).
  Status start();
  // Runs the shutdown hooks, stops all actors (children before parents), then the threads. Blocks
  // for little more than the shutdown timeout: hooks and actors that take longer are named and left
  // behind. Errors: actor_system_not_started, request_timeout, and what hooks and PostStops gave.
  Status stop();
  // start_hook, start; waits for SIGINT or SIGTERM; stop_hook, stop. Returns the process' exit
  // code.
  int run(const std::function<Status()>& start_hook = {},
          const std::function<Status()>& stop_hook = {});

  std::string_view name() const;
  bool is_running() const;
  std::chrono::milliseconds uptime() const;
  // User actors alive; no routers, routees or system actors.
  std::size_t num_actors() const;

  // Starts an actor under the user guardian; pre_start runs on the calling thread. A running actor
  // of that name is returned as it is, unless options.unique. Errors: actor_system_not_started,
  // reserved_name, invalid names, init_failure, actor_already_exists (unique, or its wire address
  // is taken), and invalid options.
  template <class A, class... Args>
  Result<PidOf<A>> spawn(std::string_view name, SpawnOptions options = {}, Args&&... args) {
    auto recipe = internal::recipe_of<A>(options, std::forward<Args>(args)...);
    auto pid = spawn_recipe(name, std::move(recipe), std::move(options));
    if (!pid) return unexpected(std::move(pid).error());
    return PidOf<A>(*pid);
  }

  // The type-erased form: kinds registered by name, function actors.
  Result<Pid> spawn_recipe(std::string_view name, internal::ActorRecipe recipe,
                           SpawnOptions options = {});
  // An actor that is one function, named by a UUID when `name` is empty. Its error goes to
  // supervision.
  Result<Pid> spawn_function(std::string_view name, std::function<Status(ReceiveContext&)> function,
                             SpawnOptions options = {});

  // The running or suspended user actor of that name. Error: actor_not_found.
  Result<Pid> actor_of(std::string_view name) const;
  // Whether the name is in use: by the runtime's own actors, too.
  bool actor_exists(std::string_view name) const;
  // All user actors; for tools that page, see scan_actors.
  std::vector<Pid> actors() const;

  // Up to `limit` actors in the order of their names' hashes, after `cursor` (0: from the start).
  // `next` is the cursor of the following page, 0 when there is none. Actors that live during the
  // whole walk appear at least once.
  struct Page {
    std::vector<Pid> actors;
    std::uint64_t next = 0;
  };

  Page scan_actors(std::uint64_t cursor, std::size_t limit, bool with_system_actors = false) const;

  // Waits until it has stopped. Errors: actor_not_found.
  Status kill(std::string_view name);
  // Restarts by name. Errors: actor_not_found, init_failure.
  Result<Pid> respawn(std::string_view name);

  // Sends and asks by name. Errors: actor_not_found, and those of Pid.
  template <class M>
  Status tell(std::string_view name, M&& message) const {
    GOAKT_TRY(Pid to, actor_of(name));
    return to.tell(std::forward<M>(message));
  }

  template <class R = Message, class M>
  Result<R> ask(std::string_view name, M&& message, std::chrono::nanoseconds timeout) const {
    GOAKT_TRY(Pid to, actor_of(name));
    return to.template ask<R>(std::forward<M>(message), timeout);
  }

  // Sends a message later, returns the reference of the schedule, which ends when it has fired for
  // the last time, when its target stops, or with the system. Errors: scheduler_not_started,
  // undefined_actor, dead, remoting_disabled (remote target), schedule_already_exists and
  // schedule_reference_empty; for repeated messages invalid_message when they cannot be copied.
  template <class M>
  Result<std::string> schedule_once(const Pid& to, M&& message, std::chrono::nanoseconds delay,
                                    ScheduleOptions options = {}) {
    return schedule_once(to, internal::to_message(std::forward<M>(message)), delay,
                         std::move(options));
  }

  Result<std::string> schedule_once(const Pid& to, Message message, std::chrono::nanoseconds delay,
                                    ScheduleOptions options = {});

  // First after one interval, then at a fixed rate: ticks that come late, up to 24 hours of them,
  // are made up for. Error: invalid_timer_interval.
  template <class M>
  Result<std::string> schedule(const Pid& to, M&& message, std::chrono::nanoseconds interval,
                               ScheduleOptions options = {}) {
    return schedule(to, internal::to_message(std::forward<M>(message)), interval,
                    std::move(options));
  }

  Result<std::string> schedule(const Pid& to, Message message, std::chrono::nanoseconds interval,
                               ScheduleOptions options = {});

  // At the times of a cron expression (base/cron.h). Errors: invalid_cron, trigger_expired.
  template <class M>
  Result<std::string> schedule_cron(const Pid& to, M&& message, std::string_view expression,
                                    ScheduleOptions options = {}) {
    return schedule_cron(to, internal::to_message(std::forward<M>(message)), expression,
                         std::move(options));
  }

  Result<std::string> schedule_cron(const Pid& to, Message message, std::string_view expression,
                                    ScheduleOptions options = {});

  // Errors: scheduler_not_started, schedule_reference_not_found; schedule_suspended for a second
  // pause, schedule_active for a resume without one. A paused one-shot keeps what was left of its
  // delay, an interval begins anew.
  Status cancel_schedule(std::string_view reference);
  Status pause_schedule(std::string_view reference);
  Status resume_schedule(std::string_view reference);
  std::vector<ScheduleInfo> list_schedules() const;

  // Listens to the events of event_stream.h until the subscriber is unsubscribed or the system
  // stops; may begin before the start. Error: actor_system_not_started, of a stopped system.
  Result<std::shared_ptr<Subscriber>> subscribe(SubscribeOptions options = {});
  // Error: actor_system_not_started.
  Status unsubscribe(const Subscriber& subscriber);

  // The last messages that nobody handled, newest last.
  std::vector<Deadletter> dead_letters(const DeadletterQuery& query = {}) const;
  // Since the start; of one receiver (path) or all.
  std::uint64_t dead_letters_count() const;
  std::uint64_t dead_letters_count(std::string_view receiver) const;
  // Sends kept letters again, to receivers that are there now, and forgets them; what cannot be
  // sent stays. Returns how many were sent. Error: actor_system_not_started.
  Result<std::size_t> replay_dead_letters(const DeadletterQuery& query);

  // Error: actor_system_not_started.
  Result<SystemMetric> metric() const;
  // The sums of each kind of actor, by name. Looks at all actors.
  std::vector<KindMetric> kind_metrics() const;

  // Null when there is none of that id.
  std::shared_ptr<Extension> extension(std::string_view id) const;
  std::vector<std::shared_ptr<Extension>> extensions() const;

  // Makes a type of dependency known, so that actors that carry one can be spawned from elsewhere.
  template <class D>
  void inject() {
    const D example;
    inject(example.type_name(), [] { return std::make_shared<D>(); });
  }

  void inject(std::string_view type_name, std::function<std::shared_ptr<Dependency>()> factory);
  // A dependency from its marshalled form. Errors: dependency_type_not_registered, and what its
  // unmarshal gives.
  Result<std::shared_ptr<Dependency>> make_dependency(std::string_view type_name,
                                                      std::string_view bytes) const;

  Pid no_sender() const;
  Pid root_guardian() const;
  Pid user_guardian() const;
  Pid system_guardian() const;

  // Deterministic systems only (SystemOptions::seed): runs turns in a seeded order on the calling
  // thread until nothing is left to do; false when `max_turns` ran out first.
  bool run_until_idle(std::size_t max_turns = 1'000'000);

  internal::System& internals() const { return *system_; }

 private:
  explicit ActorSystem(std::unique_ptr<internal::System> system);

  std::unique_ptr<internal::System> system_;
};

template <class A, class... Args>
Result<PidOf<A>> ReceiveContext::spawn(std::string_view name, SpawnOptions options,
                                       Args&&... args) {
  auto recipe = internal::recipe_of<A>(options, std::forward<Args>(args)...);
  auto pid = internal::spawn_child(self_, name, std::move(recipe), std::move(options));
  if (!pid) return unexpected(std::move(pid).error());
  return PidOf<A>(*pid);
}

}  // namespace goakt
