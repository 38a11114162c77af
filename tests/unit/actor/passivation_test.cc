#include "seeded_system.h"

#include <doctest/doctest.h>

#include <atomic>

using namespace goakt;
using namespace goakt::testing;
using namespace std::chrono_literals;

namespace {

struct Work {};

struct Block {};

struct Nap {
  Duration time;
};

// Blocks until it is let go.
struct Gate {
  std::atomic<bool> entered{false};
  std::atomic<bool> open{false};
};

class Worker final : public Actor {
  void work(const Work&) {}

  Task<void> nap(const Nap& m, ReceiveContext& ctx) {
    static_cast<void>(co_await ctx.sleep(m.time));
    if (journal_ != nullptr) journal_->write("slept");
  }

  void block(const Block&) {
    gate_->entered = true;
    while (!gate_->open) std::this_thread::yield();
    if (journal_ != nullptr) journal_->write("worked");
  }

  Journal* journal_;
  Gate* gate_;

 public:
  explicit Worker(Journal* journal = nullptr, Gate* gate = nullptr)
      : journal_(journal), gate_(gate) {}

  Status post_stop(Context&) override {
    if (journal_ != nullptr) journal_->write("stopped");
    return {};
  }

  static constexpr auto handles = handlers(&Worker::work, &Worker::nap, &Worker::block);
};

struct Adopt {
  std::string name;
  bool long_lived = true;
};

class Parent final : public Actor {
  void adopt(const Adopt& m, ReceiveContext& ctx) {
    REQUIRE(ctx.spawn<Worker>(m.name, {.long_lived = m.long_lived}));
  }

 public:
  static constexpr auto handles = handlers(&Parent::adopt);
};

PidOf<Worker> spawn(SeededSystem& system, SpawnOptions options = {}, Journal* journal = nullptr) {
  auto pid = system->spawn<Worker>("worker", std::move(options), journal);
  REQUIRE(pid);
  system.run();
  return *pid;
}

// A worker that is passivated when it has been idle for that time.
struct Idler {
  explicit Idler(std::chrono::milliseconds time, Journal* journal = nullptr)
      : pid(spawn(system, {.passivation = Passivation::time_based(time)}, journal)) {}

  template <class M>
  void tell(M message) {
    REQUIRE(pid.tell(std::move(message)));
    system.run();
  }

  // It lives through all of the time but its last millisecond.
  bool ends_after(Duration time) {
    system.advance(time - 1ms);
    const bool lived = pid.is_running();
    system.advance(1ms);
    return lived && !pid.is_running();
  }

  SeededSystem system;
  PidOf<Worker> pid;
};

// The same for a parent, with one child that stays.
PidOf<Parent> spawn_parent(SeededSystem& system, SpawnOptions options, bool child_stays = true) {
  auto parent = system->spawn<Parent>("parent", std::move(options));
  REQUIRE(parent);
  REQUIRE(parent->tell(Adopt{"child", child_stays}));
  system.run();
  return *parent;
}

std::vector<std::string> passivated(SeededSystem& system) {
  std::vector<std::string> paths;
  for (const auto& event : system.seen<ActorPassivated>())
    paths.push_back(event.actor_path.substr(event.actor_path.rfind('/') + 1));
  return paths;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("strategies are described in GoAkt's words; those that make no sense are refused [144]") {
  CHECK(Passivation::time_based(2min).describe() == "Timed-Based of Duration=[2m]");
  CHECK(Passivation::time_based(90'500ms).describe() == "Timed-Based of Duration=[1m30.5s]");
  CHECK(Passivation::time_based(1h).describe() == "Timed-Based of Duration=[1h]");
  CHECK(Passivation::time_based(5ms).describe() == "Timed-Based of Duration=[5ms]");
  CHECK(Passivation::messages_count_based(3).describe() ==
        "Messages Count-Based with maximum of 3");
  CHECK(Passivation::long_lived().describe() == "Long Lived");
  SeededSystem system;
  CHECK(system->spawn<Worker>("w", {.passivation = Passivation::time_based(0s)})
            .error()
            .is(ErrorCode::invalid_passivation_strategy));
  CHECK(system->spawn<Worker>("w", {.passivation = Passivation::messages_count_based(0)})
            .error()
            .is(ErrorCode::invalid_passivation_strategy));
}

TEST_CASE("an actor is passivated when it has been idle for its time [144]") {
  Idler a(1s);
  a.system.advance(999ms);
  CHECK(a.pid.is_running());
  REQUIRE(a.pid.tell(Work{}));
  a.system.advance(1ms);  // worked at 1 s
  CHECK(a.ends_after(1s));
  CHECK(a.pid.tell(Work{}).error().code() == ErrorCode::dead);
  CHECK(a.system->actor_of("worker").error().code() == ErrorCode::actor_not_found);
}

TEST_CASE("two minutes is the default, of children too, and the system may say otherwise [144]") {
  SeededSystem system;
  const auto pid = spawn(system);
  const auto parent = spawn_parent(system, {.long_lived = true}, false);
  system.advance(2min - 1ms);
  CHECK(pid.is_running());
  CHECK(system->actor_exists("child"));
  system.advance(1ms);
  CHECK_FALSE(pid.is_running());
  CHECK_FALSE(system->actor_exists("child"));
  CHECK(parent.is_running());

  SeededSystem quick({.passivation_timeout = 5s});
  const auto soon = spawn(quick);
  quick.advance(5s);
  CHECK_FALSE(soon.is_running());
  SeededSystem never({.passivation_timeout = 0s});
  const auto stays = spawn(never);
  never.advance(1'000h);
  CHECK(stays.is_running());
}

TEST_CASE("an actor is passivated after its number of messages, PostStart not counted [145]") {
  SeededSystem system;
  const auto pid = spawn(system, {.passivation = Passivation::messages_count_based(3)});
  for (int i = 0; i < 2; ++i) REQUIRE(pid.tell(Work{}));
  system.advance(10h);
  CHECK(pid.is_running());
  for (int i = 0; i < 3; ++i) REQUIRE(pid.tell(Work{}));
  system.run();
  CHECK_FALSE(pid.is_running());
  // What was queued behind the third is not lost silently.
  CHECK(system->dead_letters_count() == 2);
  CHECK(passivated(system) == Names{"worker"});
}

TEST_CASE("a long-lived actor stays [146]") {
  SeededSystem system;
  const auto a = spawn(system, {.long_lived = true});
  auto b = system->spawn<Worker>("b", {.passivation = Passivation::long_lived()});
  system.advance(1'000h);
  CHECK(a.is_running());
  CHECK(b->is_running());
  CHECK(system->internals().passivator.entries() == 0);
}

TEST_CASE("a paused passivation starts again from the last activity [147]") {
  Idler a(10s);
  a.tell(PausePassivation{});
  for (int i = 0; i < 5; ++i) a.system.advance(7s);
  CHECK(a.pid.is_running());
  a.tell(Work{});  // worked at 35 s
  a.system.advance(4s);
  a.tell(ResumePassivation{});
  CHECK(a.ends_after(6s));
}

TEST_CASE("a pause shorter than the time does not matter, its end after it passivates [147]") {
  Idler brief(10s);
  for (int i = 0; i < 3; ++i) {
    brief.tell(PausePassivation{});
    brief.system.advance(1s);
    brief.tell(ResumePassivation{});
  }
  CHECK(brief.ends_after(7s));

  Idler longer(10s);
  longer.tell(PausePassivation{});
  longer.system.advance(1h);
  CHECK(longer.pid.is_running());
  longer.tell(ResumePassivation{});
  CHECK_FALSE(longer.pid.is_running());
}

TEST_CASE("a reinstated actor is spared once, a suspended one altogether [147]") {
  Idler a(10s);
  internal::post(a.pid, [](internal::Cell& cell) { internal::suspend(cell, "test"); });
  a.system.run();
  a.system.advance(35s);
  CHECK(a.pid.is_suspended());
  REQUIRE(a.pid.reinstate());
  a.system.run();
  a.system.advance(10s);
  CHECK(a.pid.is_running());
  a.system.advance(10s);
  CHECK_FALSE(a.pid.is_running());
}

TEST_CASE("an actor in a long handler is passivated after it, never within [148]") {
  Journal journal;
  auto clock = std::make_shared<FakeClock>();
  Gate gate;
  auto system = threaded_system({.workers = 1, .clock = clock});
  auto pid = system->spawn<Worker>("worker", {.passivation = Passivation::time_based(1s)}, &journal,
                                   &gate);
  REQUIRE(pid);
  REQUIRE(pid->tell(Block{}));
  REQUIRE(eventually([&] { return gate.entered.load(); }));
  clock->advance(1h);
  system->internals().timers.fire_due();
  CHECK(pid->is_running());
  CHECK(journal.size() == 0);
  gate.open = true;
  CHECK(eventually([&] { return !pid->is_running(); }));
  CHECK(eventually([&] { return journal.size() == 2; }));
  CHECK(journal.read() == "worked stopped");
}

TEST_CASE("an actor that waits in a coroutine, or has mail, is not idle [148]") {
  Journal journal;
  Idler a(1s, &journal);
  a.tell(Nap{5s});
  for (int i = 0; i < 4; ++i) a.system.advance(1s);
  CHECK(a.pid.is_running());
  a.tell(Work{});
  for (int i = 0; i < 3; ++i) a.system.advance(1s);
  CHECK_FALSE(a.pid.is_running());
  CHECK(journal.read() == "slept stopped");
  CHECK(a.system->dead_letters_count() == 0);
}

TEST_CASE("children go with a passivated parent, long-lived ones too [149]") {
  SeededSystem system;
  spawn_parent(system, {.passivation = Passivation::time_based(1s)});
  system.seen<ActorStarted>();
  system.advance(1s);
  CHECK(system->num_actors() == 0);
  CHECK(passivated(system) == Names{"parent"});
}

TEST_CASE("with the option keep, a parent stays while it has children [149]") {
  SeededSystem system({.passivation_children = PassivationChildren::keep});
  const auto parent = spawn_parent(system, {.passivation = Passivation::time_based(1s)});
  system.advance(1s);
  system.advance(1s);
  CHECK(parent.is_running());
  REQUIRE(parent.child("child")->stop_blocking());
  system.advance(1s);
  CHECK_FALSE(parent.is_running());
}

TEST_CASE("passivation is told by ActorPassivated, not by ActorStopped [150]") {
  Idler a(1s);
  a.system.events->drain();
  a.system.advance(1s);
  const auto events = a.system.events->drain();
  REQUIRE(events.size() == 1);
  const auto* event = std::get_if<ActorPassivated>(&events[0]);
  REQUIRE(event != nullptr);
  CHECK(event->actor_path == "goakt://test@127.0.0.1:0/worker");
  CHECK(event->passivated_at == a.system.clock->wall());
}

TEST_CASE("a busy actor does not touch the manager: it is looked at once per time [151]") {
  SeededSystem system;
  const auto pid = spawn(system);
  const auto& passivator = system->internals().passivator;
  for (int i = 0; i < 10'000; ++i) {
    REQUIRE(pid.tell(Work{}));
    system.advance(23ms);
  }
  CHECK(pid.processed_count() == 10'000);
  CHECK(passivator.rearmed() <= 2);  // within 230 s
  CHECK(passivator.entries() == 1);
  system.advance(2min);
  CHECK_FALSE(pid.is_running());
}

TEST_CASE("actors that stopped early do not pile up in the manager [144]") {
  SeededSystem system;
  const auto& passivator = system->internals().passivator;
  for (int round = 0; round < 20; ++round) {
    for (int i = 0; i < 5'000; ++i) {
      auto pid = system->spawn<Worker>("w" + std::to_string(i));
      REQUIRE(pid);
      REQUIRE(pid->stop());
    }
    system.run();
  }
  CHECK(passivator.entries() < 70'000);
  system.advance(2min);
  CHECK(passivator.entries() == 0);
}
