#include "goakt/actor/inspect.h"
#include "tests/unit/actor/scripted.h"

using namespace goakt;
using namespace goakt::testing;
using namespace std::chrono_literals;

namespace {

// An error without a rule suspends.
Do unknown() {
  return fails("test.Unknown");
}

}  // namespace

TEST_CASE("a suspension is an event with its reason, and counted [57]") {
  Stage stage;
  const Pid pid = stage.spawn("a");
  stage.after(pid, unknown());
  CHECK(pid.is_suspended());
  CHECK(!pid.is_running());
  CHECK(pid.failure_count() == 1);
  const auto events = stage.system.seen<ActorSuspended>();
  REQUIRE(events.size() == 1);
  CHECK(events[0].actor_path == pid.path());
  CHECK(events[0].reason == "on purpose");
}

TEST_CASE("an actor says since when and why it is suspended, and since when it runs again") {
  Stage stage;
  const Pid pid = stage.spawn("a");
  const WallTime spawned = stage.system.clock->wall();
  CHECK(inspect(pid)->state_since == spawned);
  stage.system.advance(3s);
  CHECK(inspect(pid)->state_since == spawned);
  stage.after(pid, unknown());
  stage.system.advance(2s);
  CHECK(inspect(pid)->state_since == spawned + 3s);
  CHECK(inspect(pid)->state_reason == "on purpose");
  CHECK(pid.reinstate());
  stage.system.run();
  stage.system.advance(1s);
  CHECK(inspect(pid)->state_since == spawned + 5s);
  CHECK(inspect(pid)->state_reason.empty());
}

TEST_CASE("a suspended actor refuses what is told and asked [58]") {
  Stage stage;
  const Pid pid = stage.spawn("a");
  stage.after(pid, unknown());
  CHECK(pid.tell(Note{"x"}).error().code() == ErrorCode::dead);
  CHECK(pid.ask<Answer>(Question{}, 1s).error().code() == ErrorCode::dead);
}

TEST_CASE("the backlog is held during a suspension and goes on in order [59, 60]") {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    Stage stage({.seed = seed});
    const Pid pid = stage.spawn("a");
    stage.journal.read();
    CHECK(pid.tell(Note{"one"}));
    CHECK(pid.tell(unknown()));
    CHECK(pid.tell(Note{"two"}));
    CHECK(pid.tell(Note{"three"}));
    stage.system.run();
    CHECK(stage.journal.read() == "one");
    CHECK(pid.mailbox_depth() == 2);
    CHECK(pid.reinstate());
    CHECK(pid.tell(Note{"four"}).error().code() == ErrorCode::dead);
    stage.system.run();
    CHECK(stage.journal.read() == "two three");
    CHECK(stage.after(pid, Note{"five"}) == "five");
    CHECK(stage.system.seen<ActorReinstated>().size() == 1);
  }
}

TEST_CASE("any running actor may reinstate, by handle or by name [61]") {
  Stage stage;
  const Pid helper = stage.spawn("helper");
  const Pid pid = stage.spawn("a");
  for (const bool by_name : {false, true}) {
    stage.after(pid, unknown());
    CHECK(pid.is_suspended());
    stage.after(helper, Do{[=](ReceiveContext& ctx) {
                  if (by_name)
                    ctx.reinstate("a");
                  else
                    ctx.reinstate(pid);
                }});
    CHECK(pid.is_running());
  }
  CHECK(pid.metric()->reinstated == 2);
  // No effect on one that runs.
  CHECK(pid.reinstate());
  stage.system.run();
  CHECK(pid.metric()->reinstated == 2);
  CHECK(stage.system.seen<ActorReinstated>().size() == 2);
}

TEST_CASE("after a reinstatement the next passivation is skipped once [62]") {
  Stage stage;
  const SpawnOptions options{.passivation = Passivation::time_based(1s)};
  const Pid pid = stage.spawn("a", options);
  const Pid other = stage.spawn("other", options);
  stage.after(pid, unknown());
  stage.system.advance(500ms);
  CHECK(pid.reinstate());
  CHECK(other.tell(Note{"busy at the same time"}));
  stage.system.run();
  stage.system.advance(999ms);
  CHECK(other.is_running());
  stage.system.advance(1ms);  // both have been idle for their second
  CHECK(!other.is_running());
  CHECK(pid.is_running());
  stage.system.advance(1s);
  CHECK(!pid.is_running());  // once
}
