#include "goakt/actor/pending_answer.h"
#include "tests/unit/actor/seeded_system.h"

#include <optional>
#include <vector>

using namespace goakt;
using namespace goakt::testing;
using namespace std::chrono_literals;

namespace {

struct Look {};

struct Watch {};

struct Ask {
  Pid to;
};

using Left = std::vector<std::optional<Duration>>;

// Writes down how long its askers still wait.
class Target final : public Actor {
  void note(const ReceiveContext& ctx) {
    const auto deadline = ctx.deadline();
    left_.push_back(deadline ? std::optional(*deadline - clock_.now()) : std::nullopt);
  }

  void look(const Look&, ReceiveContext& ctx) { note(ctx); }

  Task<void> watch(const Watch&, ReceiveContext& ctx) {
    note(ctx);
    static_cast<void>(co_await ctx.sleep(500ms));
    note(ctx);
    static_cast<void>(co_await ctx.sleep(2s));
    note(ctx);
  }

  const Clock& clock_;
  Left& left_;

 public:
  Target(const Clock& clock, Left& left) : clock_(clock), left_(left) {}

  static constexpr auto handles = handlers(&Target::look, &Target::watch);
};

class Asker final : public Actor {
  Task<void> ask(const Ask& m, ReceiveContext& ctx) {
    static_cast<void>(co_await ctx.ask<Message, Watch>(m.to, 2s));
  }

  void request(const Look&, ReceiveContext& ctx) {
    ctx.request(target_, Look{}, {.timeout = 7s});
    ctx.request(target_, Look{});
  }

  Pid target_;

 public:
  explicit Asker(Pid target) : target_(target) {}

  static constexpr auto handles = handlers(&Asker::ask, &Asker::request);
};

struct Scene {
  Scene() {
    target = *system->spawn<Target>("target", {}, std::cref(*system.clock), std::ref(left));
    system.run();
  }

  Left left;
  SeededSystem system;
  Pid target;
};

}  // namespace

TEST_CASE("what is told has no deadline [196]") {
  Scene s;
  REQUIRE(s.target.tell(Look{}));
  s.system.run();
  CHECK(s.left == Left{std::nullopt});
}

TEST_CASE("a handler sees when an asker from outside stops waiting [196]") {
  Scene s;
  CHECK(!s.target.ask(Look{}, 3s));
  CHECK(!s.target.ask(Look{}, Duration::max()));  // no overflow
  auto pending = PendingAnswer::ask(s.target, Message::of(Look{}), 1h);
  REQUIRE(pending);
  s.system.run();
  REQUIRE(s.left.size() == 3);
  CHECK(s.left[0] == 3s);
  CHECK(s.left[1] > 1'000h);
  CHECK(s.left[2].has_value());  // of the machine's clock, as its waiting is
}

TEST_CASE("a coroutine's deadline comes nearer, and has passed when it gave up [196]") {
  Scene s;
  auto asker = s.system->spawn<Asker>("asker", {}, s.target);
  REQUIRE(asker->tell(Ask{s.target}));
  s.system.run();
  s.system.advance(500ms);
  s.system.advance(2s);
  CHECK(s.left == Left{2s, 1500ms, 0s});
}

TEST_CASE("a request has the deadline of its timeout, and none without one [196]") {
  Scene s;
  auto asker = s.system->spawn<Asker>(
      "asker", {.reentrancy = Reentrancy{ReentrancyMode::allow_all}}, s.target);
  REQUIRE(asker->tell(Look{}));
  s.system.run();
  CHECK(s.left == Left{7s, std::nullopt});
}

TEST_CASE("an asker that runs the target itself waits no longer than others [196]") {
  // The message is handed on within the inline turn: its second reader sees the same deadline.
  TimePoint first;
  TimePoint second;
  auto system = threaded_system({.workers = 1});
  auto last = system->spawn_function("last", [&](ReceiveContext& ctx) {
    second = ctx.deadline().value_or(TimePoint());
    ctx.response(Look{});  // the asker goes on: nothing of its may be touched after this
    return Status();
  });
  auto target = system->spawn_function("target", [&, to = Pid(*last)](ReceiveContext& ctx) {
    first = ctx.deadline().value_or(TimePoint());
    ctx.forward(to);
    return Status();
  });
  const TimePoint before = SystemClock::instance().now();
  REQUIRE(target->ask(Look{}, 1min));
  const TimePoint after = SystemClock::instance().now();
  CHECK(first == second);
  CHECK(first >= before + 1min);
  CHECK(first <= after + 1min);
}
