#include "goakt/actor/pipe.h"

#include "tests/unit/actor/seeded_system.h"

#include <thread>

using namespace goakt;
using namespace goakt::testing;
using namespace std::chrono_literals;

namespace {

struct Go {};

struct Value {
  int value;
};

// Runs one step per message, as the actor "piper"; "target" writes the values that it gets.
struct Plumbing {
  explicit Plumbing(std::function<void(ReceiveContext&, const Pid& target)> step) {
    target = *system->spawn_function("target", [this](ReceiveContext& ctx) {
      if (const Value* v = ctx.message<Value>())
        journal.write(std::to_string(v->value) + "<-" +
                      (ctx.sender() ? std::string(ctx.sender().name()) : "nobody"));
      else if (ctx.message<Ack>() != nullptr)
        journal.write("ack");
      return Status();
    });
    piper = *system->spawn_function("piper", [this, step](ReceiveContext& ctx) {
      step(ctx, target);
      return Status();
    });
    go();
  }

  void go() {
    CHECK(piper.tell(Go{}));
    system.run();
  }

  std::string failure() {
    auto suspended = system.seen<ActorSuspended>();
    return suspended.empty() ? "" : suspended[0].reason;
  }

  Journal journal;
  SeededSystem system;
  Pid target;
  Pid piper;
};

}  // namespace

TEST_CASE("a piped task's value reaches the target in the name of the piper [110]") {
  Plumbing p([](ReceiveContext& ctx, const Pid& target) {
    ctx.pipe_to(target, [] { return Value{1}; });
    ctx.pipe_to(target, [] { return Result<Value>(Value{2}); });
    ctx.pipe_to(target, [] {});
  });
  CHECK(p.journal.read() == "1<-piper 2<-piper ack");
  CHECK(p.failure() == "");
}

TEST_CASE("a piped task that fails becomes a dead letter of the piper [110]") {
  Plumbing p([](ReceiveContext& ctx, const Pid& target) {
    ctx.pipe_to(target, []() -> Result<Value> { return fail("test.Bad", "bad"); });
    ctx.pipe_to(target, []() -> Value { throw std::runtime_error("worse"); });
  });
  CHECK(p.journal.read() == "");
  auto letters = p.system.seen<Deadletter>();
  REQUIRE(letters.size() == 2);
  CHECK(letters[0].reason == "bad");
  CHECK(letters[0].sender == letters[0].receiver);
  CHECK(letters[0].receiver == p.piper.path());
  CHECK(letters[0].message->is<NoMessage>());
  CHECK(letters[1].reason.find("panic: worse") == 0);
  CHECK(p.piper.is_running());
}

TEST_CASE("a piped task that is late becomes a dead letter, and its value is lost [110]") {
  std::shared_ptr<FakeClock> clock;
  Plumbing p([&clock](ReceiveContext& ctx, const Pid& target) {
    if (!clock) return;
    // The task outlives the handler, and with it the context.
    auto slow = [&system = ctx.system(), &clock]() {
      clock->advance(3s);
      system.internals().timers.fire_due();
      return Value{1};
    };
    ctx.pipe_to(target, slow, {.timeout = 2s});
  });
  clock = p.system.clock;
  p.go();
  CHECK(p.journal.read() == "");
  CHECK(p.system.dead_letters() ==
        std::vector<std::string>{"piper -> piper: context deadline exceeded"});
}

TEST_CASE("a piped value in time is not followed by a timeout [110]") {
  Plumbing p([](ReceiveContext& ctx, const Pid& target) {
    ctx.pipe_to(target, [] { return Value{1}; }, {.timeout = 2s});
  });
  p.system.advance(3s);
  CHECK(p.journal.read() == "1<-piper");
  CHECK(p.system.dead_letters().empty());
}

TEST_CASE("piping to a dead target is an error at the call [110]") {
  Plumbing p([](ReceiveContext&, const Pid&) {});
  REQUIRE(p.target.stop_blocking());
  auto dead = pipe_to(*p.system, p.piper, p.target, [] { return Value{1}; });
  CHECK(dead.error().code() == ErrorCode::dead);
}

TEST_CASE("a value whose target has died meanwhile becomes a dead letter [110]") {
  Plumbing p([](ReceiveContext& ctx, const Pid& target) {
    ctx.pipe_to(target, [target] {
      CHECK(target.stop());
      while (target.is_running() && target.system()->internals().dispatcher.run_one()) {
      }
      return Value{1};
    });
  });
  CHECK(p.journal.read() == "");
  auto letters = p.system.seen<Deadletter>();
  REQUIRE(letters.size() == 1);
  CHECK(letters[0].reason == "actor is not alive");
  CHECK(letters[0].message->as<Value>()->value == 1);
  CHECK(letters[0].receiver == p.target.path());
}

TEST_CASE("no task is an error [110]") {
  Plumbing p([](ReceiveContext& ctx, const Pid& target) {
    ctx.pipe_to(target, std::function<Value()>());
  });
  CHECK(p.failure() == "task is not defined");
  CHECK(pipe_to(*p.system, Pid(), p.target, nullptr).error().code() == ErrorCode::undefined_task);
}

TEST_CASE("a value piped by name has no sender, and an unknown name is an error [111]") {
  bool known = true;
  Plumbing p([&known](ReceiveContext& ctx, const Pid&) {
    ctx.pipe_to(known ? "target" : "nobody", [] { return Value{7}; });
  });
  CHECK(p.journal.read() == "7<-nobody");
  known = false;
  p.go();
  CHECK(p.failure() == "(actor=nobody) actor not found");
}

TEST_CASE("an open breaker keeps a piped task from being started [112]") {
  CircuitBreaker::Options options;
  options.min_requests = 2;
  auto breaker = std::make_shared<CircuitBreaker>(options);
  int started = 0;
  Plumbing p([&](ReceiveContext& ctx, const Pid& target) {
    ctx.pipe_to(target,
                [&started]() -> Result<Value> {
                  ++started;
                  return fail("test.Bad", "bad");
                },
                {.breaker = breaker});
  });
  p.go();
  CHECK(started == 2);
  CHECK(breaker->state() == CircuitBreaker::State::open);
  p.system.dead_letters();
  p.go();
  CHECK(started == 2);
  CHECK(
      p.system.dead_letters() ==
      std::vector<std::string>{"piper -> piper: circuit-breaker [open]: circuit breaker is open"});
}

TEST_CASE("tasks of a running system are piped from threads that may block [110]") {
  std::atomic<int> got{0};
  auto system = threaded_system();
  auto target = system->spawn_function("target", [&](ReceiveContext& ctx) {
    if (const Value* v = ctx.message<Value>()) got.fetch_add(v->value);
    return Status();
  });
  for (int i = 0; i < 20; ++i) REQUIRE(pipe_to(*system, Pid(), *target, [] { return Value{1}; }));
  CHECK(eventually([&] { return got.load() == 20; }));
}

namespace {

class Offloader final : public Actor {
  Task<Result<Value>> go(const Go&, ReceiveContext& ctx) {
    auto work = [text = std::string("a text that does not fit into the string itself")] {
      return Value{static_cast<int>(text.size())};
    };
    auto size = co_await ctx.offload(work);
    if (!size) co_return unexpected(std::move(size).error());
    auto broken = []() -> Result<Value> { return fail("test.Bad", "bad"); };
    auto failed = co_await ctx.offload(broken);
    if (failed) co_return Value{0};
    co_return Value{size->value + 1};
  }

 public:
  static constexpr auto handles = handlers(&Offloader::go);
};

}  // namespace

TEST_CASE("a coroutine waits for work that runs elsewhere [110]") {
  SeededSystem system;
  auto pid = system->spawn<Offloader>("offloader");
  auto reply = pid->ask(Go{}, 1s);
  REQUIRE(reply);
  CHECK(reply->value == 48);
}
