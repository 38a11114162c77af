#include "goakt/base/clock.h"

#include <doctest/doctest.h>

using namespace std::chrono_literals;

TEST_CASE("the system clock never goes back and its coarse reading never leads") {
  auto& clock = goakt::SystemClock::instance();
  auto last = clock.now();
  auto last_coarse = clock.coarse_ms();
  for (int i = 0; i < 10'000; ++i) {
    const auto coarse = clock.coarse_ms();
    const auto now = clock.now();
    REQUIRE(now >= last);
    REQUIRE(coarse >= last_coarse);
    REQUIRE(coarse <= now.time_since_epoch() / 1ms);
    last = now;
    last_coarse = coarse;
  }
}

TEST_CASE("the system clock counts as std::chrono::steady_clock does") {
  const auto before = std::chrono::steady_clock::now();
  const auto now = goakt::SystemClock::instance().now();
  const auto after = std::chrono::steady_clock::now();
  CHECK(before <= now);
  CHECK(now <= after);
}

TEST_CASE("a fake clock moves only when told, in all its readings") {
  goakt::FakeClock clock;
  const auto now = clock.now();
  const auto coarse = clock.coarse_ms();
  const auto wall = clock.wall();
  CHECK(clock.now() == now);
  clock.advance(1500ms);
  CHECK(clock.now() - now == 1500ms);
  CHECK(clock.coarse_ms() - coarse == 1500);
  CHECK(clock.wall() - wall == 1500ms);
}

TEST_CASE("sleeping on a fake clock advances it at once") {
  goakt::FakeClock clock;
  const auto now = clock.now();
  clock.sleep_for(24h);
  CHECK(clock.now() - now == 24h);
  clock.sleep_for(-1h);
  CHECK(clock.now() - now == 24h);
}

TEST_CASE("the fake wall clock can be set back without touching the steady one") {
  goakt::FakeClock clock;
  const auto now = clock.now();
  clock.set_wall(goakt::WallTime(10s));
  CHECK(clock.wall() == goakt::WallTime(10s));
  CHECK(clock.now() == now);
  clock.advance(1s);
  CHECK(clock.wall() == goakt::WallTime(11s));
}
