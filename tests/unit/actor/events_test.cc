#include "seeded_system.h"

#include <doctest/doctest.h>

#include <atomic>

using namespace goakt;
using namespace goakt::testing;
using namespace std::chrono_literals;

namespace {

struct Work {};

struct Break {
  bool with_exception = false;
};

struct Adopt {};

class Worker final : public Actor {
  void work(const Work&) {}

  void fail(const Break& m, ReceiveContext& ctx) {
    if (m.with_exception) throw std::runtime_error("broken");
    ctx.err(Error::user("test.Odd", "odd"));
  }

  void adopt(const Adopt&, ReceiveContext& ctx) { REQUIRE(ctx.spawn<Worker>("child")); }

 public:
  static constexpr auto handles = handlers(&Worker::work, &Worker::fail, &Worker::adopt);
};

struct Unknown {
  int value;
};

constexpr const char* kPath = "goakt://test@127.0.0.1:0/worker";

// The only event of that type since the last look.
template <class E>
E only(SeededSystem& system) {
  auto events = system.seen<E>();
  REQUIRE(events.size() == 1);
  return events[0];
}

// Names of all events since the last look.
std::string names(Subscriber& subscriber) {
  std::string text;
  for (const Event& event : subscriber.drain())
    text.append(text.empty() ? "" : " ").append(event_name(event));
  return text;
}

Event stopped(std::string path) {
  return ActorStopped{std::move(path), {}};
}

}  // namespace

TEST_CASE("an actor's life is told by events with path and time [178]") {
  SeededSystem system;
  auto pid = system->spawn<Worker>("worker", {.long_lived = true});
  REQUIRE(pid);
  system.run();
  const auto started = only<ActorStarted>(system);
  CHECK(started.actor_path == kPath);
  CHECK(started.started_at == system.clock->wall());

  REQUIRE(pid->tell(Adopt{}));
  system.run();
  const auto born = only<ActorChildCreated>(system);
  CHECK(born.actor_path == "goakt://test@127.0.0.1:0/worker/child");
  CHECK(born.parent == kPath);
  CHECK(born.created_at == system.clock->wall());

  REQUIRE(pid->tell(Break{}));
  system.run();
  const auto suspended = only<ActorSuspended>(system);
  CHECK(suspended.actor_path == kPath);
  CHECK(suspended.suspended_at == system.clock->wall());
  CHECK(suspended.reason == "odd");

  system.advance(1s);
  REQUIRE(pid->reinstate());
  system.run();
  const auto reinstated = only<ActorReinstated>(system);
  CHECK(reinstated.actor_path == kPath);
  CHECK(reinstated.reinstated_at == system.clock->wall());

  REQUIRE(pid->restart_blocking());
  const auto restarted = system.seen<ActorRestarted>();
  REQUIRE(restarted.size() == 2);
  CHECK(restarted[0].actor_path == "goakt://test@127.0.0.1:0/worker/child");
  CHECK(restarted[1].actor_path == kPath);
  CHECK(restarted[1].restarted_at == system.clock->wall());

  REQUIRE(pid->child("child")->stop_blocking());
  REQUIRE(pid->stop_blocking());
  const auto ended = system.seen<ActorStopped>();
  REQUIRE(ended.size() == 2);
  CHECK(ended[0].actor_path == "goakt://test@127.0.0.1:0/worker/child");
  CHECK(ended[1].actor_path == kPath);
  CHECK(ended[1].stopped_at == system.clock->wall());
}

TEST_CASE("a passivated actor and a message that nobody handles are told too [178]") {
  SeededSystem system;
  auto pid = system->spawn<Worker>("worker", {.passivation = Passivation::time_based(1s)});
  auto sender = system->spawn<Worker>("sender", {.long_lived = true});
  REQUIRE(pid->tell_from(*sender, Unknown{3}));
  system.run();
  const auto letter = only<Deadletter>(system);
  CHECK(letter.sender == "goakt://test@127.0.0.1:0/sender");
  CHECK(letter.receiver == kPath);
  REQUIRE(letter.message->as<Unknown>() != nullptr);
  CHECK(letter.message->as<Unknown>()->value == 3);
  CHECK(letter.send_time == system.clock->wall());
  CHECK(letter.reason == "unhandled message");
  system.advance(1s);
  const auto passivated = only<ActorPassivated>(system);
  CHECK(passivated.actor_path == kPath);
  CHECK(passivated.passivated_at == system.clock->wall());
}

TEST_CASE("a supervised restart tells of the start before the restart [178]") {
  Supervisor supervisor;
  supervisor.any_error(Directive::restart);
  SeededSystem system;
  auto pid = system->spawn<Worker>(
      "worker", {.long_lived = true, .supervisor = std::make_shared<Supervisor>(supervisor)});
  system.run();
  system.events->drain();
  REQUIRE(pid->tell(Break{.with_exception = true}));
  system.run();
  CHECK(names(*system.events) == "ActorSuspended ActorStarted ActorRestarted");
}

TEST_CASE("the cluster's events go the same way [178]") {
  EventStream stream;
  const auto subscriber = stream.subscribe();
  const WallTime now(7s);
  stream.publish(NodeJoined{"a:1", now});
  stream.publish(NodeLeft{"b:1", now});
  stream.publish(LeaderChanged{"a:1", now});
  stream.publish(RelocationStarted{"b:1", now, 5, 6, true});
  stream.publish(RelocationFailed{"b:1", now, 5, 6, "no room"});
  auto events = subscriber->drain();
  REQUIRE(events.size() == 5);
  CHECK(std::get<NodeJoined>(events[0]).address == "a:1");
  CHECK(std::get<NodeLeft>(events[1]).timestamp == now);
  CHECK(std::get<LeaderChanged>(events[2]).address == "a:1");
  CHECK(std::get<RelocationStarted>(events[3]).grains == 6);
  CHECK(std::get<RelocationStarted>(events[3]).best_effort);
  CHECK(std::get<RelocationFailed>(events[4]).actors == 5);
  CHECK(std::get<RelocationFailed>(events[4]).error == "no room");
}

TEST_CASE("subscribers come and go, and a stopped system takes none [179]") {
  SeededSystem system;
  auto first = system->subscribe();
  auto second = system->subscribe();
  REQUIRE(first);
  REQUIRE(second);
  CHECK((*first)->id() != (*second)->id());
  CHECK((*first)->active());
  CHECK(system->internals().events.subscribers_count() == 3);  // with the fixture's
  REQUIRE(system->spawn<Worker>("worker", {.long_lived = true}));
  REQUIRE(system->unsubscribe(**first));
  REQUIRE(system->actor_of("worker")->stop_blocking());
  CHECK_FALSE((*first)->active());
  CHECK(names(**first) == "ActorStarted");
  CHECK(names(**second) == "ActorStarted ActorStopped");
  REQUIRE(system->stop());
  CHECK_FALSE((*second)->active());
  CHECK(system->internals().events.subscribers_count() == 0);
  CHECK(system->subscribe().error().code() == ErrorCode::actor_system_not_started);
  CHECK(system->unsubscribe(**second).error().code() == ErrorCode::actor_system_not_started);
}

TEST_CASE("a stream that was closed ends those who wait and takes no others [179]") {
  EventStream stream;
  const auto subscriber = stream.subscribe();
  std::atomic<bool> ended{false};
  std::thread waiter([&] {
    static_cast<void>(subscriber->next(1h));
    ended = true;
  });
  stream.close();
  waiter.join();
  CHECK(ended);
  CHECK_FALSE(stream.subscribe()->active());
  stream.publish(stopped("x"));
  CHECK(subscriber->drain().empty());
}

TEST_CASE("a full subscriber loses its oldest events and says how many [180]") {
  EventStream stream;
  const auto slow = stream.subscribe({.capacity = 3});
  const auto quick = stream.subscribe({.capacity = 10});
  for (const char* path : {"a", "b", "c", "d", "e"}) stream.publish(stopped(path));
  CHECK(slow->dropped() == 2);
  CHECK(quick->dropped() == 0);
  CHECK(quick->drain().size() == 5);
  CHECK(std::get<ActorStopped>(*slow->next()).actor_path == "c");
  CHECK(std::get<ActorStopped>(*slow->next()).actor_path == "d");
  CHECK(std::get<ActorStopped>(*slow->next()).actor_path == "e");
  CHECK_FALSE(slow->next());
}

TEST_CASE("next waits for an event that another thread publishes [180]") {
  EventStream stream;
  const auto subscriber = stream.subscribe();
  std::thread publisher([&] { stream.publish(stopped("a")); });
  const auto event = subscriber->next(30s);
  publisher.join();
  REQUIRE(event);
  CHECK(std::get<ActorStopped>(*event).actor_path == "a");
}

TEST_CASE("a filter lets only its types through [180]") {
  SeededSystem system;
  auto some = system->subscribe({.filter = only_events<ActorStopped, Deadletter>()});
  REQUIRE(some);
  auto worker = system->spawn<Worker>("worker", {.long_lived = true});
  REQUIRE(worker);
  const Pid pid = *worker;  // a typed handle would refuse what the actor does not list
  REQUIRE(pid.tell(Unknown{1}));
  system.run();
  REQUIRE(pid.stop_blocking());
  CHECK(names(**some) == "Deadletter ActorStopped");
}

TEST_CASE("a callback gets each event in order, outside the publishing turn [180]") {
  std::string seen;
  SeededSystem system;
  auto listener = system->subscribe({.callback = [&](const Event& event) {
    seen.append(event_name(event)).append(" ");
    if (seen.size() < 20) throw std::runtime_error("its own trouble");
  }});
  REQUIRE(listener);
  REQUIRE(system->spawn<Worker>("worker", {.long_lived = true}));
  CHECK(seen.empty());
  system.run();
  CHECK(seen == "ActorStarted ");
  REQUIRE(system->actor_of("worker")->stop_blocking());
  system.run();
  CHECK(seen == "ActorStarted ActorStopped ");
  REQUIRE(system->unsubscribe(**listener));
  REQUIRE(system->spawn<Worker>("other", {.long_lived = true}));
  system.run();
  CHECK(seen == "ActorStarted ActorStopped ");
}

TEST_CASE("a callback that blocks holds up nobody, and gets what is left at the end [180]") {
  std::atomic<int> calls{0};
  std::atomic<bool> open{false};
  auto system = threaded_system();
  auto listener =
      system->subscribe({.filter = only_events<ActorStarted>(), .callback = [&](const Event&) {
                           ++calls;
                           while (!open) std::this_thread::yield();
                         }});
  REQUIRE(listener);
  for (int i = 0; i < 50; ++i) REQUIRE(system->spawn<Worker>("w" + std::to_string(i)));
  CHECK(calls <= 1);
  open = true;
  REQUIRE(system->stop());
  CHECK(calls == 50);
}
