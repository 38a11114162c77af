#include "goakt/actor/internal/timers.h"

#include "goakt/base/random.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <thread>
#include <vector>

using namespace goakt;
using namespace std::chrono_literals;
using internal::Timers;

namespace {

// Advances in steps, firing after each.
void pass(FakeClock& clock, Timers& timers, Duration step, int steps = 1) {
  for (int i = 0; i < steps; ++i) {
    clock.advance(step);
    timers.fire_due();
  }
}

}  // namespace

TEST_CASE("a timer fires once, at its time and not before") {
  FakeClock clock;
  Timers timers(clock);
  int fired = 0;
  CHECK(timers.after(10ms, [&] { ++fired; }) != 0);
  pass(clock, timers, 9ms);
  CHECK(fired == 0);
  CHECK(timers.pending() == 1);
  pass(clock, timers, 1ms);
  CHECK(fired == 1);
  pass(clock, timers, 1h);
  CHECK(fired == 1);
  CHECK(timers.pending() == 0);
}

TEST_CASE("a timer between two ticks fires at the later one") {
  FakeClock clock;
  Timers timers(clock);
  int fired = 0;
  timers.after(1500us, [&] { ++fired; });
  pass(clock, timers, 1999us);
  CHECK(fired == 0);
  pass(clock, timers, 1us);
  CHECK(fired == 1);
}

TEST_CASE("a timer that is already due fires at the next look") {
  FakeClock clock;
  Timers timers(clock);
  pass(clock, timers, 10s);
  int fired = 0;
  timers.at(clock.now() - 5s, [&] { ++fired; });
  timers.after(0ms, [&] { ++fired; });
  CHECK(timers.fire_due() == 2);
  CHECK(fired == 2);
}

TEST_CASE("a cancelled timer does not fire and cannot be cancelled twice") {
  FakeClock clock;
  Timers timers(clock);
  int fired = 0;
  const auto held = std::make_shared<int>(1);
  const auto first = timers.after(5ms, [&fired, held] { ++fired; });
  const auto second = timers.after(5ms, [&fired] { ++fired; });
  CHECK(held.use_count() == 2);
  CHECK(timers.cancel(first));
  CHECK(held.use_count() == 1);
  CHECK_FALSE(timers.cancel(first));
  pass(clock, timers, 5ms);
  CHECK(fired == 1);
  CHECK_FALSE(timers.cancel(second));
  CHECK_FALSE(timers.cancel(0));
  CHECK_FALSE(timers.cancel(~Timers::Id{0}));
}

TEST_CASE("an old id does not cancel the timer that took over its entry") {
  FakeClock clock;
  Timers timers(clock);
  int fired = 0;
  const auto old = timers.after(1ms, [&] { ++fired; });
  pass(clock, timers, 1ms);
  timers.after(1ms, [&] { ++fired; });
  CHECK_FALSE(timers.cancel(old));
  pass(clock, timers, 1ms);
  CHECK(fired == 2);
}

TEST_CASE("timers fire in the order of their times, those of one instant in the order of setting") {
  FakeClock clock;
  Timers timers(clock);
  std::vector<int> order;
  timers.after(600ms, [&] { order.push_back(3); });  // set far ahead
  timers.after(1ms, [&] { order.push_back(1); });
  pass(clock, timers, 400ms);
  timers.after(200ms, [&] { order.push_back(4); });  // the same instant, set later and nearer
  timers.after(100ms, [&] { order.push_back(2); });
  pass(clock, timers, 1h);
  CHECK(order == std::vector{1, 2, 3, 4});
}

TEST_CASE("a function may set and cancel timers") {
  FakeClock clock;
  Timers timers(clock);
  std::vector<int> order;
  Timers::Id doomed = 0;
  timers.after(1ms, [&] {
    order.push_back(1);
    timers.after(0ms, [&] { order.push_back(2); });
    timers.after(1ms, [&] { order.push_back(3); });
    CHECK(timers.cancel(doomed));
  });
  doomed = timers.after(1ms, [&] { order.push_back(9); });
  pass(clock, timers, 1ms);
  CHECK(order == std::vector{1, 2});
  pass(clock, timers, 1ms);
  CHECK(order == std::vector{1, 2, 3});
}

TEST_CASE("times from a millisecond to years ahead are all kept, in steps of any size") {
  FakeClock clock;
  Timers timers(clock);
  Rng rng(7);

  struct Due {
    TimePoint at;
    bool fired = false;
  };

  std::vector<Due> due(4'000);
  bool early = false;
  for (auto& d : due) {
    const auto magnitude = rng.below(38);
    d.at = clock.now() + std::chrono::milliseconds(rng.below(std::uint64_t{1} << magnitude));
    timers.at(d.at, [&d, &clock, &early] {
      d.fired = true;
      early |= clock.now() < d.at;
    });
    if (rng.chance(0.3)) pass(clock, timers, std::chrono::milliseconds(rng.below(70'000)));
  }
  bool late = false;
  for (int i = 0; i < 3'000; ++i) {
    pass(clock, timers, std::chrono::milliseconds(rng.below(std::uint64_t{1} << rng.below(30))));
    for (const auto& d : due) late |= d.fired != (d.at <= clock.now());
  }
  CHECK_FALSE(early);
  CHECK_FALSE(late);
  pass(clock, timers, 24h * 366 * 10);
  CHECK(timers.pending() == 0);
  CHECK(std::all_of(due.begin(), due.end(), [](const Due& d) { return d.fired; }));
}

TEST_CASE("large functions are kept too, and destroyed when the timers end") {
  FakeClock clock;
  const auto held = std::make_shared<int>(1);
  std::size_t sum = 0;
  {
    Timers timers(clock);
    std::array<std::size_t, 40> numbers{};
    numbers.fill(2);
    timers.after(1ms, [numbers, held, &sum] {
      for (const auto n : numbers) sum += n;
    });
    timers.after(1h, [held] {});
    timers.after(1h, [numbers, held] {});
    pass(clock, timers, 1ms);
    CHECK(sum == 80);
    CHECK(held.use_count() == 3);
    timers.stop();
    CHECK(held.use_count() == 1);
    CHECK(timers.after(1ms, [held] {}) == 0);
    CHECK(timers.pending() == 0);
  }
  CHECK(held.use_count() == 1);
}

TEST_CASE("the thread wakes up for a timer that is set while it sleeps") {
  Timers timers(SystemClock::instance());
  timers.start();
  std::atomic<int> fired{0};
  timers.after(1h, [&] { fired = -1; });
  for (int round = 1; round <= 3; ++round) {
    timers.after(1ms, [&] { ++fired; });
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    while (fired != round && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
    CHECK(fired == round);
  }
}

TEST_CASE("threads set and cancel at the same time: each timer fires or is cancelled, never both") {
  Timers timers(SystemClock::instance());
  timers.start();
  constexpr int kPerThread = 5'000;
  std::atomic<int> fired{0};
  std::atomic<int> cancelled{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t)
    threads.emplace_back([&, t] {
      Rng rng(static_cast<std::uint64_t>(t));
      for (int i = 0; i < kPerThread; ++i) {
        const auto id =
            timers.after(std::chrono::microseconds(rng.below(3'000)), [&fired] { ++fired; });
        if (rng.chance(0.5) && timers.cancel(id)) ++cancelled;
      }
    });
  for (auto& thread : threads) thread.join();
  const auto deadline = std::chrono::steady_clock::now() + 20s;
  while (fired + cancelled < 3 * kPerThread && std::chrono::steady_clock::now() < deadline)
    std::this_thread::yield();
  CHECK(fired + cancelled == 3 * kPerThread);
  CHECK(timers.pending() == 0);
}
