#include "goakt/base/names.h"
#include "tests/unit/actor/scripted.h"

#include <atomic>
#include <thread>

using namespace goakt;
using namespace goakt::testing;
using namespace std::chrono_literals;

namespace {

Script quiet(Journal& journal) {
  return {&journal, {}, {}, true};
}

}  // namespace

TEST_CASE("children stop before their parents, depth first [30]") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Stage stage({.seed = seed});
    const Pid o = stage.spawn("o");
    const Pid o1 = stage.child(o, "o1");
    stage.child(o, "o2");
    stage.child(o1, "o11");
    stage.child(o1, "o12");
    stage.journal.read();
    CHECK(o.stop_blocking());
    const std::string order = stage.journal.read();
    const auto at = [&](const char* name) { return order.find(std::string("post:") + name); };
    CHECK(at("o11") < at("o1 "));
    CHECK(at("o12") < at("o1 "));
    CHECK(at("o1 ") < order.rfind("post:o"));
    CHECK(at("o2") < order.rfind("post:o"));
    CHECK(order.substr(order.rfind(' ') + 1) == "post:o");
    CHECK(stage.system->num_actors() == 0);
  }
}

TEST_CASE("post_stop runs once, in the actor's turn, never beside a handler [31]") {
  std::atomic<int> inside{0};
  std::atomic<int> overlaps{0};
  std::atomic<int> stops{0};
  auto system = threaded_system({.workers = 2});
  for (int round = 0; round < 50; ++round) {
    stops = 0;
    const Pid pid = spawn_scripted(*system, "a", {nullptr, {}, [&]() -> Status {
                                                    if (inside.fetch_add(1) != 0) ++overlaps;
                                                    ++stops;
                                                    inside.fetch_sub(1);
                                                    return {};
                                                  }});
    std::vector<std::thread> threads;
    for (int t = 0; t < 2; ++t)
      threads.emplace_back([&] {
        for (int i = 0; i < 50; ++i)
          static_cast<void>(pid.tell(Do{[&](ReceiveContext&) {
            if (inside.fetch_add(1) != 0) ++overlaps;
            std::this_thread::yield();
            inside.fetch_sub(1);
          }}));
      });
    for (int t = 0; t < 2; ++t) threads.emplace_back([&] { CHECK(pid.stop_blocking()); });
    for (auto& thread : threads) thread.join();
    CHECK(stops == 1);
    CHECK(overlaps == 0);
  }
}

TEST_CASE("what waits when an actor stops becomes dead letters, in order [32]") {
  Stage stage;
  const Pid pid = stage.spawn("a");
  const Pid sender = stage.spawn("sender");
  CHECK(pid.tell(Do{[](ReceiveContext& ctx) { ctx.shutdown(); }}));
  CHECK(pid.tell_from(sender, Note{"one"}));
  CHECK(pid.tell(Note{"two"}));
  stage.system.run();
  CHECK(stage.system.dead_letters() ==
        std::vector<std::string>{"sender -> a: actor is not alive",
                                 "GoAktNoSender -> a: actor is not alive"});
  CHECK(pid.tell(Note{"three"}).error().code() == ErrorCode::dead);
  CHECK(stage.system.dead_letters().empty());
}

TEST_CASE("what is stashed when an actor stops becomes dead letters [33]") {
  Stage stage;
  const Pid pid = stage.spawn("a", {.stashing = true});
  CHECK(pid.tell(Do{[](ReceiveContext& ctx) { ctx.stash(); }}));
  stage.system.run();
  CHECK(pid.stop_blocking());
  CHECK(stage.system.dead_letters() ==
        std::vector<std::string>{"GoAktNoSender -> a: actor is not alive"});
}

TEST_CASE("running watchers get one Terminated whose sender is the dead [34]") {
  Stage stage;
  const Pid target = stage.spawn("target");
  const Pid watcher = stage.spawn("watcher");
  const Pid suspended = stage.spawn("suspended");
  const Pid unwatcher = stage.spawn("unwatcher");
  for (const Pid& pid : {watcher, suspended, unwatcher})
    CHECK(pid.tell(Do{[=](ReceiveContext& ctx) {
      ctx.watch(target);
      ctx.watch(target);
    }}));
  CHECK(suspended.tell(fails("test.Unknown")));
  CHECK(unwatcher.tell(Do{[=](ReceiveContext& ctx) { ctx.unwatch(target); }}));
  stage.system.run();
  stage.journal.read();
  CHECK(target.stop_blocking());
  stage.system.run();
  CHECK(stage.journal.read() == "post:target gone:target@watcher");
}

TEST_CASE("watch and unwatch: one Terminated per watch, also for a second life [184]") {
  Stage stage;
  const Pid watcher = stage.spawn("watcher");
  for (int life = 0; life < 2; ++life) {
    const Pid target = stage.spawn("target");
    stage.after(watcher, Do{[=](ReceiveContext& ctx) { ctx.watch(target); }});
    CHECK(target.stop_blocking());
    stage.system.run();
    CHECK(stage.journal.read() == "post:target gone:target@watcher");
  }
  // Of a restart, too, and the handle may be watched again.
  const Pid target = stage.spawn("target");
  for (int i = 0; i < 2; ++i) {
    stage.after(watcher, Do{[=](ReceiveContext& ctx) { ctx.watch(target); }});
    CHECK(target.restart_blocking());
    stage.system.run();
    CHECK(stage.journal.read().find("gone:target@watcher") != std::string::npos);
  }
}

TEST_CASE("whoever watches a dead actor is told at once, unless told not to [185]") {
  for (const bool notify : {true, false}) {
    Stage stage({.notify_watch_of_dead = notify});
    const Pid target = stage.spawn("target");
    const Pid watcher = stage.spawn("watcher");
    CHECK(target.stop_blocking());
    stage.journal.read();
    CHECK(stage.after(watcher, Do{[=](ReceiveContext& ctx) { ctx.watch(target); }}) ==
          (notify ? "gone:target@watcher" : ""));
  }
}

TEST_CASE("a watch that crosses the target's end is answered [185]") {
  Journal journal;
  auto system = threaded_system();
  const Pid watcher = spawn_scripted(*system, "watcher", quiet(journal));
  constexpr int kRounds = 200;
  for (int i = 0; i < kRounds; ++i) {
    const Pid target = spawn_scripted(*system, "t" + std::to_string(i), {});
    CHECK(watcher.tell(Do{[=](ReceiveContext& ctx) { ctx.watch(target); }}));
    CHECK(target.stop());
  }
  CHECK(eventually([&] { return journal.size() == kRounds; }));
}

TEST_CASE("a parent is told of a child that stopped by itself only [35]") {
  Stage stage;
  const Pid parent = stage.spawn("parent");
  const Pid child = stage.child(parent, "child");
  stage.child(parent, "other");
  stage.journal.read();
  CHECK(stage.after(child, Do{[](ReceiveContext& ctx) { ctx.shutdown(); }}) ==
        "post:child gone:child@parent");
  CHECK(parent.stop_blocking());
  stage.system.run();
  CHECK(stage.journal.read() == "post:other post:parent");
}

TEST_CASE("a suspended actor stops with its post_stop [36]") {
  Stage stage;
  const Pid pid = stage.spawn("a");
  stage.after(pid, fails("test.Unknown"));
  CHECK(pid.is_suspended());
  CHECK(pid.stop_blocking());
  CHECK(stage.journal.read() == "post:a");
  CHECK(!pid.is_suspended());
}

TEST_CASE("to stop a stopped actor is no error [37]") {
  Stage stage;
  const Pid pid = stage.spawn("a");
  CHECK(pid.stop_blocking());
  CHECK(pid.stop_blocking());
  CHECK(pid.stop());
  stage.system.run();
  CHECK(stage.journal.read() == "pre:a started:a post:a");
}

TEST_CASE("nobody and strangers cannot be stopped [38]") {
  Stage stage;
  Stage other;
  const Pid pid = stage.spawn("a");
  const Pid stranger = other.spawn("stranger");
  CHECK(Pid().stop().error().code() == ErrorCode::undefined_actor);
  CHECK(stage.system->no_sender().stop().error().code() == ErrorCode::undefined_actor);
  stage.after(pid, Do{[=](ReceiveContext& ctx) { ctx.stop(stranger); }});
  const auto suspended = stage.system.seen<ActorSuspended>();
  REQUIRE(suspended.size() == 1);
  CHECK(suspended[0].reason == "actor not found");
  CHECK(stranger.is_running());
}

TEST_CASE("system actors cannot be stopped while the system runs [39]") {
  Stage stage;
  for (const Pid& pid : {stage.system->user_guardian(), stage.system->root_guardian()}) {
    CHECK(pid.stop().error().code() == ErrorCode::shutdown_forbidden);
    CHECK(pid.restart().error().code() == ErrorCode::shutdown_forbidden);
    static_cast<void>(pid.tell(PoisonPill{}));
    stage.system.run();
    CHECK(pid.is_running());
  }
}

TEST_CASE("a poison pill overtakes what is queued [40]") {
  Stage stage;
  const Pid pid = stage.spawn("a");
  stage.journal.read();
  CHECK(pid.tell(Note{"one"}));
  CHECK(pid.tell(Note{"two"}));
  CHECK(stage.after(pid, PoisonPill{}) == "post:a");
  CHECK(stage.system.dead_letters().size() == 2);
}

TEST_CASE("actors are killed by name [41]") {
  Stage stage;
  const Pid pid = stage.spawn("a");
  CHECK(stage.system->kill("a"));
  CHECK(!pid.is_running());
  CHECK(stage.system->kill("a").error().code() == ErrorCode::actor_not_found);
}

TEST_CASE("an actor that stops itself ends after its handler [42]") {
  Stage stage;
  const Pid pid = stage.spawn("a");
  stage.journal.read();
  CHECK(pid.tell(Do{[&](ReceiveContext& ctx) {
    ctx.shutdown();
    stage.journal.write("still here");
  }}));
  CHECK(stage.after(pid, Note{"too late"}) == "still here post:a");
}

TEST_CASE("an actor cannot wait for its own end [42]") {
  ErrorCode code{};
  Stage stage;
  const Pid pid = stage.spawn("a");
  stage.after(pid,
              Do{[&](ReceiveContext& ctx) { code = ctx.self().stop_blocking().error().code(); }});
  CHECK(code == ErrorCode::invalid_argument);
  CHECK(pid.is_running());
}

TEST_CASE("an actor stopped with a bounded backlog leaves the scheduler [43]") {
  Stage stage;
  const Pid pid = stage.spawn("a", {.mailbox = Mailbox::bounded(8)});
  stage.journal.read();
  CHECK(pid.tell(Do{[](ReceiveContext& ctx) { ctx.shutdown(); }}));
  for (int i = 0; i < 7; ++i) CHECK(pid.tell(Note{"x"}));
  CHECK(stage.system->run_until_idle(100));
  CHECK(stage.journal.read() == "post:a");
  CHECK(stage.system.dead_letters().size() == 7);
}

// In GoAkt each of these goes on taking a worker for ever; as many as workers hang the node.
TEST_CASE("as many actors stopped with a bounded backlog as workers do not hang the node [43]") {
  std::atomic<int> inside{0};
  std::atomic<bool> open{false};
  auto system = threaded_system({.workers = 2});
  std::vector<Pid> stopped;
  for (const Overflow overflow :
       {Overflow::block, Overflow::fail, Overflow::drop_new, Overflow::drop_old}) {
    const Pid pid = spawn_scripted(
        *system, "full-" + std::to_string(stopped.size()), {},
        {.mailbox = Mailbox::bounded(8, overflow),
         .dispatcher = stopped.size() < 2 ? DispatcherKind::normal : DispatcherKind::blocking});
    CHECK(pid.tell(Do{[&](ReceiveContext&) {
      ++inside;
      while (!open) std::this_thread::sleep_for(1ms);
    }}));
    stopped.push_back(pid);
  }
  // Two hold the workers, two have threads of their own; behind each its mailbox is full.
  REQUIRE(eventually([&] { return inside == 4; }));
  for (const Pid& pid : stopped) {
    for (int i = 0; i < 8; ++i) CHECK(pid.tell(Note{"left over"}));
    CHECK(pid.mailbox_depth() == 8);
    CHECK(pid.stop());
  }
  open = true;
  for (const Pid& pid : stopped) CHECK(pid.stop_blocking());
  CHECK(system->dead_letters_count() == 4 * 8);
  for (int i = 0; i < 20; ++i) {
    const Pid pid = spawn_scripted(*system, "a" + std::to_string(i), {});
    CHECK(pid.ask<Answer>(Question{}, 20s));
  }
  // Nobody runs what has stopped.
  CHECK(eventually([&] { return system->internals().dispatcher.normal().all_asleep(); }));
}

TEST_CASE("a stop is an event [44]") {
  Stage stage;
  const Pid pid = stage.spawn("a");
  const std::string path = pid.path();
  CHECK(pid.stop_blocking());
  const auto events = stage.system.seen<ActorStopped>();
  REQUIRE(events.size() == 1);
  CHECK(events[0].actor_path == path);
}

TEST_CASE("an error of post_stop is returned and logged, and the actor is gone [45]") {
  bool throws_it = false;
  Stage stage;
  const auto post_stop = [&]() -> Status {
    if (throws_it) throw std::runtime_error("boom");
    return fail("test.Stuck", "stuck");
  };
  for (const char* text : {"stuck", "boom"}) {
    const Pid pid = spawn_scripted(*stage.system, "a", {&stage.journal, {}, post_stop});
    auto stopped = pid.stop_blocking();
    REQUIRE(!stopped);
    CHECK(stopped.error().message().find(text) != std::string::npos);
    const auto warnings = stage.system.seen<ActorWarning>();
    REQUIRE(warnings.size() == 1);
    CHECK(warnings[0].reason.find(text) != std::string::npos);
    CHECK(!pid.is_running());
    CHECK(stage.system->num_actors() == 0);
    throws_it = true;
  }
}

TEST_CASE("a stop of the system that takes too long says who hangs, and loses nobody else [31]") {
  // Never destroyed: the handler that hangs outlives its system.
  static auto& release = *new std::atomic<bool>(false);
  static auto& busy = *new std::atomic<bool>(false);
  static auto& journal = *new Journal;
  {
    auto system = threaded_system({.shutdown_timeout = 200ms, .workers = 2});
    const Pid parent = spawn_scripted(*system, "parent", quiet(journal));
    tell_to_spawn(parent, "stuck", quiet(journal));
    tell_to_spawn(parent, "sibling", quiet(journal));
    const Pid other = spawn_scripted(*system, "other", quiet(journal));
    REQUIRE(eventually([&] { return parent.children_count() == 2; }));
    CHECK(parent.child("stuck")->tell(Do{[](ReceiveContext&) {
      busy = true;
      while (!release) std::this_thread::sleep_for(1ms);
    }}));
    REQUIRE(eventually([&] { return busy.load(); }));
    auto stopped = system->stop();
    REQUIRE(!stopped);
    CHECK(stopped.error().code() == ErrorCode::request_timeout);
    CHECK(stopped.error().message().find("parent/stuck") != std::string::npos);
    CHECK(stopped.error().message().find("other") == std::string::npos);
    const std::string done = journal.read();
    CHECK(done.find("post:sibling") != std::string::npos);
    CHECK(done.find("post:other") != std::string::npos);
    CHECK(!other.is_running());
  }
  release = true;
  CHECK(eventually([] { return journal.read().find("post:stuck") != std::string::npos; }));
}

TEST_CASE("user messages during the shutdown become dead letters [73]") {
  Stage stage;
  const Pid pid = stage.spawn("a");
  CHECK(pid.tell(Do{[](ReceiveContext&) {}}));
  auto events = stage.system.events;
  const Pid parent = stage.spawn("parent");
  // The child's end is the time to send: its parent is stopping then.
  CHECK(parent.tell(Do{[&](ReceiveContext& ctx) {
    CHECK(ctx.spawn<Scripted>("child", {}, Script{&stage.journal, {}, [&]() -> Status {
                                                    static_cast<void>(parent.tell(Note{"late"}));
                                                    return {};
                                                  }}));
  }}));
  stage.system.run();
  CHECK(stage.system->stop());
  const auto letters = stage.system->dead_letters();
  REQUIRE(letters.size() == 1);
  CHECK(letters[0].reason == "actor system is shutting down");
  CHECK(letters[0].receiver == "goakt://test@127.0.0.1:0/parent");
}
