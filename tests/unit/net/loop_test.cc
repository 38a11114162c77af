#include "goakt/net/loop.h"

#include "goakt/net/resolve.h"
#include "tests/unit/net/support.h"

#include <atomic>
#include <latch>
#include <thread>

using namespace goakt;
using namespace goakt::net;
using namespace std::chrono_literals;

TEST_CASE("a loop runs tasks of each thread in their order, on its own thread") {
  Loop loop;
  std::vector<int> order[4];
  std::atomic<bool> is_always_current = true;
  {
    std::vector<std::jthread> threads;
    for (auto& mine : order) {
      threads.emplace_back([&] {
        for (int i = 0; i < 1000; ++i)
          loop.post([&, i] {
            mine.push_back(i);
            if (!loop.is_current()) is_always_current = false;
          });
      });
    }
  }
  on_loop(loop, [] { return 0; });
  for (const auto& mine : order) {
    REQUIRE(mine.size() == 1000);
    CHECK(std::is_sorted(mine.begin(), mine.end()));
  }
  CHECK(is_always_current);
  CHECK(!loop.is_current());
}

TEST_CASE("what was posted before stop is run, what comes after is refused and destroyed") {
  auto held = std::make_shared<int>(1);
  Loop loop;
  int runs = 0;
  for (int i = 0; i < 100; ++i) loop.post([&runs, held] { ++runs; });
  loop.stop();
  CHECK(runs == 100);
  CHECK(!loop.post([&runs, held] { ++runs; }));
  CHECK(held.use_count() == 1);
  loop.stop();
  CHECK(runs == 100);
}

TEST_CASE("stopping while other threads post leaves no task half done") {
  std::atomic<int> accepted = 0;
  std::atomic<int> runs = 0;
  {
    Loop loop;
    std::latch begun(4);
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        begun.count_down();
        while (loop.post([&] { ++runs; })) ++accepted;
      });
    }
    begun.wait();
    loop.stop();
  }
  CHECK(runs == accepted);
}

TEST_CASE("a loop may be destroyed on its own thread") {
  auto loop = std::make_unique<Loop>();
  std::promise<void> done;
  Loop* const raw = loop.get();
  raw->post([loop = std::move(loop), &done]() mutable {
    loop.reset();
    done.set_value();
  });
  CHECK(done.get_future().wait_for(kPatience) == std::future_status::ready);
}

TEST_CASE("a timer calls once, in due order, and not after cancel") {
  Loop loop;
  std::promise<std::string> promise;
  std::string order;
  std::optional<Timer> first(std::in_place, loop);
  std::optional<Timer> second(std::in_place, loop);
  std::optional<Timer> never(std::in_place, loop);
  on_loop(loop, [&] {
    first->start(1h, [&] { order += "x"; });
    first->start(1ms, [&] { order += "a"; });  // started again: the hour is forgotten
    second->start(20ms, [&] {
      order += "b";
      promise.set_value(order);
    });
    never->start(1ms, [&] { order += "n"; });
    never->cancel();
    return 0;
  });
  CHECK(promise.get_future().get() == "ab");
  on_loop(loop, [&] {
    first.reset();
    second.reset();
    never.reset();
    return 0;
  });
}

TEST_CASE("a loop that ends does not wait for its timers") {
  Loop loop;
  Timer timer(loop);
  bool is_called = false;
  on_loop(loop, [&] {
    timer.start(24h, [&] { is_called = true; });
    return 0;
  });
  loop.stop();
  CHECK(!is_called);
}

TEST_CASE("loops are dealt out in turn") {
  Loops loops(3);
  CHECK(&loops.next() != &loops.next());
  CHECK(&loops.next() == &loops[2]);
  CHECK(&loops.next() == &loops[0]);
}

TEST_CASE("a polling loop still wakes for tasks and timers") {
  Loop loop({.polling = 40us});
  for (int i = 0; i < 100; ++i) CHECK(on_loop(loop, [i] { return i; }) == i);
}

TEST_CASE("a name is resolved, an address is its own answer") {
  Loop loop;
  const auto ask = [&](const std::string& name) {
    std::promise<Result<std::vector<Endpoint>>> promise;
    resolve(loop, name, 80, [&](auto found) { promise.set_value(std::move(found)); });
    return promise.get_future().get();
  };
  CHECK(must(ask("127.0.0.9")) == std::vector{Endpoint::v4({127, 0, 0, 9}, 80)});
  const auto local = must(ask("localhost"));
  REQUIRE(!local.empty());
  CHECK(local.front().port() == 80);
}
