#include "goakt/actor/system.h"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <thread>

using namespace goakt;
using namespace std::chrono_literals;

namespace {

struct Add {
  int value;
};

struct Get {};

struct Total {
  int value;
};

struct Fail {
  std::string text;
};

struct Big {
  std::string text;
  std::vector<int> numbers;
  std::string more;
};

std::unique_ptr<ActorSystem> started(SystemOptions options = {}) {
  auto system = ActorSystem::create("test", std::move(options));
  REQUIRE(system);
  REQUIRE((*system)->start());
  return std::move(*system);
}

class Counter final : public Actor {
  void add(const Add& m) { total_ += m.value; }

  Total get(const Get&) const { return {total_}; }

  void big(const Big& m, ReceiveContext& ctx) {
    ctx.response(Total{static_cast<int>(m.text.size())});
  }

  Result<Total> refuse(const Fail& m) { return fail("test.Refused", m.text); }

  int total_ = 0;

 public:
  static constexpr auto handles =
      handlers(&Counter::add, &Counter::get, &Counter::big, &Counter::refuse);
};

class Asker final : public Actor {
  Task<Result<Total>> get(const Get& m, ReceiveContext& ctx) {
    auto first = co_await ctx.ask<Total>(counter_, m, 2s);
    if (!first) co_return unexpected(std::move(first).error());
    auto second = co_await ctx.ask<Total, Get>(counter_, 2s);
    if (!second) co_return unexpected(std::move(second).error());
    co_return Total{first->value + second->value};
  }

  Pid counter_;

 public:
  explicit Asker(Pid counter) : counter_(counter) {}

  static constexpr auto handles = handlers(&Asker::get);
};

}  // namespace

TEST_CASE("an actor counts what it is told and answers what it is asked") {
  auto system = started();
  auto counter = system->spawn<Counter>("counter");
  REQUIRE(counter);
  for (int i = 1; i <= 1000; ++i) REQUIRE(counter->tell(Add{i}));
  auto total = counter->ask<Total>(Get{}, 5s);
  REQUIRE(total);
  CHECK(total->value == 500500);
  auto size = counter->ask<Total>(Big{"hello", {1, 2, 3}, "x"}, 5s);
  REQUIRE(size);
  CHECK(size->value == 5);
  auto refused = counter->ask<Total>(Fail{"no"}, 5s);
  REQUIRE(!refused);
  CHECK(refused.error().type_name() == "test.Refused");
  CHECK(system->num_actors() == 1);
  CHECK(counter->stop_blocking());
  CHECK(system->num_actors() == 0);
  CHECK(counter->tell(Add{1}).error().code() == ErrorCode::dead);
  CHECK(system->stop());
}

TEST_CASE("a coroutine handler asks twice and answers the sum") {
  auto system = started();
  auto counter = system->spawn<Counter>("counter");
  auto asker = system->spawn<Asker>("asker", {}, Pid(*counter));
  REQUIRE(counter->tell(Add{21}));
  for (int i = 0; i < 200; ++i) {
    auto total = asker->ask<Total>(Get{}, 5s);
    REQUIRE(total);
    CHECK(total->value == 42);
  }
}

TEST_CASE("messages of several threads are all handled, in order per thread") {
  auto system = started();
  auto counter = system->spawn<Counter>("counter");
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 20'000; ++i) REQUIRE(counter->tell(Add{1}));
    });
  for (auto& thread : threads) thread.join();
  const auto deadline = std::chrono::steady_clock::now() + 20s;
  while (counter->processed_count() < 80'000 && std::chrono::steady_clock::now() < deadline)
    std::this_thread::yield();
  auto total = counter->ask<Total>(Get{}, 5s);
  REQUIRE(total);
  CHECK(total->value == 80'000);
}
