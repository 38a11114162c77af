#include "goakt/base/backoff.h"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using goakt::Duration;

TEST_CASE("retry delays double with jitter on top of the initial delay") {
  goakt::Rng rng(1);
  const goakt::RetryBackoff backoff{.initial = 1ms, .max = 1s};
  for (unsigned tries = 1; tries <= 8; ++tries) {
    const Duration low = 1ms + 1ms * (1 << tries);
    const Duration high = 1ms + 2ms * (1 << tries);
    Duration least = high;
    Duration most = low;
    for (int i = 0; i < 200; ++i) {
      const auto delay = backoff.after(tries, rng);
      REQUIRE(delay >= low);
      REQUIRE(delay < high);
      least = std::min(least, delay);
      most = std::max(most, delay);
    }
    CHECK(least < low + (high - low) / 10);
    CHECK(most > high - (high - low) / 10);
  }
}

TEST_CASE("a retry delay beyond the maximum is drawn from its upper half") {
  goakt::Rng rng(1);
  const goakt::RetryBackoff backoff{.initial = 1ms, .max = 100ms};
  for (const unsigned tries : {7U, 20U, 63U, 64U, 1000U}) {
    for (int i = 0; i < 200; ++i) {
      const auto delay = backoff.after(tries, rng);
      REQUIRE(delay >= 1ms + 50ms);
      REQUIRE(delay < 1ms + 100ms);
    }
  }
}

TEST_CASE("five failed tries of the default take about fifty milliseconds") {
  goakt::Rng rng(1);
  const goakt::RetryBackoff backoff;
  for (int i = 0; i < 100; ++i) {
    Duration sum{};
    for (unsigned tries = 1; tries <= 4; ++tries) sum += backoff.after(tries, rng);
    CHECK(sum >= 34ms);
    CHECK(sum < 64ms);
  }
}

TEST_CASE("restart delays double up to their maximum") {
  const goakt::ExponentialBackoff backoff{.initial = 100ms, .max = 1s};
  CHECK(backoff.after(1) == 100ms);
  CHECK(backoff.after(2) == 200ms);
  CHECK(backoff.after(4) == 800ms);
  CHECK(backoff.after(5) == 1s);
  CHECK(backoff.after(4'000'000'000U) == 1s);
  CHECK(goakt::ExponentialBackoff{}.after(3) == Duration::zero());
  CHECK(goakt::ExponentialBackoff{.initial = 5s, .max = 1s}.after(1) == 1s);
}
