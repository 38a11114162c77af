#include "goakt/base/errors.h"
#include "tests/unit/actor/scripted.h"

#include <algorithm>

using namespace goakt;
using namespace goakt::testing;
using namespace std::chrono_literals;

namespace {

std::shared_ptr<Supervisor> any(Directive directive,
                                SupervisionStrategy strategy = SupervisionStrategy::one_for_one) {
  auto supervisor = std::make_shared<Supervisor>();
  supervisor->strategy(strategy).any_error(directive);
  return supervisor;
}

struct Family : Stage {
  explicit Family(std::shared_ptr<Supervisor> supervisor, SystemOptions options = {})
      : Stage(std::move(options)), parent(spawn("parent")) {
    for (const char* name : {"a", "b", "c"})
      children.push_back(child(parent, name, {.supervisor = supervisor}));
    journal.read();
    system.events->drain();
  }

  Pid parent;
  std::vector<Pid> children;
};

// Reinstates whoever escalates to it, and tells at its end what it heard.
struct Acting final : Actor {
  void panicked(const PanicSignal& m, ReceiveContext& ctx) {
    reason = m.reason;
    note = m.message.as<Note>() == nullptr ? "" : m.message.as<Note>()->text;
    ctx.reinstate(ctx.sender());
  }

  void act(const Do& m, ReceiveContext& ctx) { m.run(ctx); }

  std::string reason;
  std::string note;
  std::string* seen;

  explicit Acting(std::string* s) : seen(s) {}

  Status post_stop(Context&) override {
    *seen = note + "/" + reason;
    return {};
  }

  static constexpr auto handles = handlers(&Acting::panicked, &Acting::act);
};

struct Weak final : Actor {
  void note(const Note&, ReceiveContext& ctx) { ctx.err(Error::user("x.Y", "too much")); }

  static constexpr auto handles = handlers(&Weak::note);
};

}  // namespace

TEST_CASE("by default a thrown exception stops the actor [129]") {
  Stage stage;
  const Pid pid = stage.spawn("a");
  stage.journal.read();
  CHECK(stage.after(pid, throws("boom")) == "post:a");
  CHECK(!pid.is_running());
  CHECK(Supervisor().directive_for("errors.PanicError") == Directive::stop);
  CHECK(Supervisor().directive_for("runtime.PanicNilError") == Directive::restart);
  CHECK(!Supervisor().directive_for("errors.InternalError"));
}

TEST_CASE("a rule for any error replaces all others [130]") {
  Supervisor supervisor;
  supervisor.directive("my.Error", Directive::stop).any_error(Directive::resume);
  for (const char* type : {"my.Error", "errors.PanicError", "what.ever"})
    CHECK(supervisor.directive_for(type) == Directive::resume);
  Supervisor star;
  star.directive("*", Directive::escalate);
  CHECK(star.directive_for("errors.PanicError") == Directive::escalate);
}

TEST_CASE("an error without a rule suspends [131]") {
  Stage stage;
  const Pid pid = stage.spawn("a");
  stage.after(pid, fails("test.Unknown"));
  CHECK(pid.is_suspended());
  CHECK(pid.parent() == stage.system->user_guardian());
}

TEST_CASE("directive stop stops the failing actor alone [132]") {
  Family family(any(Directive::stop));
  CHECK(family.after(family.children[0], fails("x.Y")) == "post:a gone:a@parent");
  CHECK(family.parent.children_count() == 2);
}

TEST_CASE("directive resume goes on and counts no failure [133]") {
  Family family(any(Directive::resume));
  const Pid& a = family.children[0];
  CHECK(a.tell(throws("boom")));
  CHECK(family.after(a, Note{"next"}) == "next");
  CHECK(a.is_running());
  CHECK(a.failure_count() == 0);
  CHECK(family.system.seen<ActorSuspended>().empty());
}

TEST_CASE("directive restart restarts the failing actor alone [134]") {
  Family family(any(Directive::restart));
  CHECK(family.after(family.children[0], fails("x.Y")) == "pre:a started:a");
  CHECK(family.children[0].restart_count() == 1);
  CHECK(family.children[1].restart_count() == 0);
}

TEST_CASE("directive escalate tells the parent once and leaves the child suspended [135]") {
  Family family(any(Directive::escalate));
  CHECK(family.after(family.children[0], throws("boom")) == "panic:a@parent");
  CHECK(family.children[0].is_suspended());
  CHECK(family.parent.is_running());
  // What reaches the user guardian ends as a dead letter.
  const Pid top = family.spawn("top", {.supervisor = any(Directive::escalate)});
  family.system.events->drain();
  family.after(top, throws("boom"));
  CHECK(family.system.dead_letters() ==
        std::vector<std::string>{"top -> GoAktUserGuardian: unhandled message"});
}

TEST_CASE("the signal carries the message and the reason, and the parent may act on it [135]") {
  std::string seen;
  Pid weak;
  SeededSystem system;
  auto parent = system->spawn<Acting>("parent", {}, &seen);
  REQUIRE(parent);
  CHECK(parent->tell(Do{[&](ReceiveContext& ctx) {
    weak = *ctx.spawn<Weak>("weak", {.supervisor = any(Directive::escalate)});
  }}));
  system.run();
  CHECK(weak.tell(Note{"straw"}));
  system.run();
  CHECK(weak.is_running());
  CHECK(weak.failure_count() == 1);
  CHECK(parent->stop_blocking());
  CHECK(seen == "straw/too much");
}

TEST_CASE("one-for-all stops and restarts the siblings, too [136]") {
  SUBCASE("stop") {
    Family family(any(Directive::stop, SupervisionStrategy::one_for_all));
    family.after(family.children[1], throws("boom"));
    CHECK(family.parent.children_count() == 0);
    CHECK(family.parent.is_running());
  }
  SUBCASE("restart: the siblings fully, with their post_stop") {
    Family family(any(Directive::restart, SupervisionStrategy::one_for_all));
    const std::string order = family.after(family.children[1], throws("boom"));
    for (const Pid& pid : family.children) {
      CHECK(pid.is_running());
      CHECK(pid.restart_count() == 1);
    }
    CHECK(order.find("post:a") != std::string::npos);
    CHECK(order.find("post:b") == std::string::npos);
    CHECK(order.find("post:c") != std::string::npos);
    CHECK(family.parent.children_count() == 3);
  }
}

TEST_CASE("the retry budget counts faults within its window [137]") {
  auto supervisor = any(Directive::restart);
  supervisor->retry(2, 1s);
  Stage stage;
  const Pid pid = stage.spawn("a", {.supervisor = supervisor});
  stage.after(pid, throws("1"));
  stage.after(pid, throws("2"));
  CHECK(pid.is_running());
  stage.system.advance(1001ms);
  stage.after(pid, throws("3"));  // the first of a new window
  stage.after(pid, throws("4"));
  CHECK(pid.is_running());
  CHECK(pid.restart_count() == 4);
  stage.after(pid, throws("5"));
  CHECK(pid.is_suspended());
}

TEST_CASE("an exhausted budget suspends the child, and with one-for-all its siblings [138]") {
  for (const auto strategy : {SupervisionStrategy::one_for_one, SupervisionStrategy::one_for_all}) {
    auto supervisor = any(Directive::restart, strategy);
    supervisor->retry(1, 1s);
    Family family(supervisor);
    family.after(family.children[0], throws("1"));
    CHECK(family.children[0].is_running());
    family.system.events->drain();
    family.after(family.children[0], throws("2"));
    const bool all = strategy == SupervisionStrategy::one_for_all;
    CHECK(family.children[0].is_suspended());
    CHECK(family.children[1].is_suspended() == all);
    CHECK(family.children[2].is_suspended() == all);
    const auto suspended = family.system.seen<ActorSuspended>();
    CHECK(suspended.size() == (all ? 3 : 1));
    for (const auto& event : suspended)
      CHECK(event.reason == "restart budget exhausted: 2 consecutive failures");
  }
}

TEST_CASE("restarts are delayed exponentially, up to the cap [139]") {
  auto supervisor = any(Directive::restart);
  supervisor->exponential_backoff(100ms, 350ms, 10s);
  Stage stage;
  const Pid pid = stage.spawn("a", {.supervisor = supervisor});
  for (const auto delay : {100ms, 200ms, 350ms, 350ms}) {
    stage.after(pid, throws("boom"));
    stage.system.advance(delay - 2ms);
    CHECK(pid.is_suspended());
    stage.system.advance(3ms);
    CHECK(pid.is_running());
  }
  stage.system.advance(11s);  // long enough without a fault: from the start
  stage.after(pid, throws("boom"));
  stage.system.advance(101ms);
  CHECK(pid.is_running());
}

TEST_CASE("nothing is restarted when the parent stopped during the delay [139]") {
  auto supervisor = any(Directive::restart);
  supervisor->exponential_backoff(100ms, 100ms);
  Family family(supervisor);
  family.after(family.children[0], throws("boom"));
  CHECK(family.parent.stop_blocking());
  family.journal.read();
  family.system.advance(1s);
  CHECK(family.journal.read().empty());
  CHECK(family.system->num_actors() == 0);
}

TEST_CASE("rules are found by the names of error types [140]") {
  auto supervisor = std::make_shared<Supervisor>();
  supervisor->directive("bank.Overdrawn", Directive::restart)
      .directive("errors.PanicError", Directive::resume)
      .directive("errors.InternalError", Directive::stop);
  Stage stage;
  const Pid pid = stage.spawn("a", {.supervisor = supervisor});
  stage.after(pid, fails("bank.Overdrawn"));
  CHECK(pid.restart_count() == 1);
  stage.after(pid, Do{[](ReceiveContext&) { throw Error::user("bank.Overdrawn", "thrown"); }});
  CHECK(pid.restart_count() == 2);
  stage.after(pid, Do{[](ReceiveContext&) { throw 42; }});  // any other exception is a panic
  CHECK(pid.is_running());
  CHECK(pid.failure_count() == 2);
  stage.after(pid, Do{[](ReceiveContext& ctx) { ctx.err(errors::internal("x")); }});
  CHECK(!pid.is_running());
}

TEST_CASE("the last error of a handler wins, and it can be taken back [141]") {
  auto supervisor = std::make_shared<Supervisor>();
  supervisor->directive("last.One", Directive::restart);
  Stage stage;
  const Pid pid = stage.spawn("a", {.supervisor = supervisor});
  stage.after(pid, Do{[](ReceiveContext& ctx) {
                ctx.err(Error::user("first.One", "x"));
                ctx.err(Error::user("last.One", "y"));
              }});
  CHECK(pid.restart_count() == 1);
  stage.after(pid, Do{[](ReceiveContext& ctx) {
                ctx.err(Error::user("first.One", "x"));
                ctx.clear_err();
              }});
  CHECK(pid.is_running());
  CHECK(pid.failure_count() == 1);
}

TEST_CASE("a failure suspends at once: nothing is handled before the verdict [142]") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Stage stage({.seed = seed});
    const Pid pid = stage.spawn("a", {.supervisor = any(Directive::restart)});
    stage.journal.read();
    CHECK(pid.tell(throws("boom")));
    CHECK(pid.tell(Note{"after"}));
    stage.system.run();
    CHECK(stage.journal.read() == "pre:a started:a after");
  }
}

TEST_CASE("the asker of a message that makes its actor fail gets the error [142]") {
  Stage stage;
  const Pid pid = stage.spawn("a");
  auto answer = pid.ask<Answer>(throws("boom"), 1s);
  REQUIRE(!answer);
  CHECK(answer.error().message().find("panic: boom") == 0);
  CHECK(answer.error().type_name() == "errors.PanicError");
}

TEST_CASE("the text of a panic carries the exception's type and the place [143]") {
  Stage stage;
  const Pid pid = stage.spawn("a");
  stage.after(pid, throws("boom"));
  const auto events = stage.system.seen<ActorSuspended>();
  REQUIRE(events.size() == 1);
  CHECK(events[0].reason ==
        "panic: boom (std::runtime_error) at goakt::testing::Scripted handling goakt::testing::Do");
}
