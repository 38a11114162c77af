#include "goakt/admin/rates.h"

#include "tests/unit/admin/running_node.h"

#include <doctest/doctest.h>

#include <chrono>

using namespace goakt;
using namespace goakt::admin;
using namespace std::chrono_literals;

TEST_CASE("an actor's rate is that since the last look, and not of every glance") {
  Running running;
  running.spawn("a");
  const Pid pid = *running.node().find("a");
  const auto handle = [&](int count) {
    for (int i = 0; i < count; ++i)
      REQUIRE(pid.ask<google::protobuf::StringValue>(google::protobuf::StringValue(), 10s));
  };
  Rates rates;
  const auto start = Rates::Clock::now();
  handle(10);
  // Nobody looked before: the mean since its start.
  const auto first = rates.of(pid, start);
  CHECK(first.per_second == doctest::Approx(10 / first.window_seconds));
  handle(30);
  CHECK(rates.of(pid, start + 100ms).per_second == first.per_second);
  const auto second = rates.of(pid, start + 2s);
  CHECK(second.per_second == doctest::Approx(15));
  CHECK(second.window_seconds == doctest::Approx(2));
  CHECK(rates.of(pid, start + 4s).per_second == 0);
  // Too long ago to say how it works now: once more the mean since its start.
  CHECK(rates.of(pid, start + 2min).window_seconds < 60);
}
