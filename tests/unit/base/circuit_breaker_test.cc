#include "goakt/base/circuit_breaker.h"

#include <doctest/doctest.h>

#include <limits>
#include <stdexcept>

namespace goakt {
namespace {

using namespace std::chrono_literals;
using State = CircuitBreaker::State;

Result<int> good() {
  return 1;
}

Result<int> poor() {
  return fail(ErrorCode::dead);
}

struct Fixture {
  FakeClock clock;
  CircuitBreaker breaker{{.failure_rate = 0.5,
                          .min_requests = 4,
                          .open_timeout = 10s,
                          .window = 60s,
                          .buckets = 6,
                          .half_open_max_calls = 2},
                         clock};

  bool succeed() { return breaker.execute({}, good).has_value(); }

  ErrorCode failure() { return breaker.execute({}, poor).error().code(); }

  void open() {
    while (breaker.state() != State::open) REQUIRE(failure() == ErrorCode::dead);
  }
};

TEST_CASE_FIXTURE(Fixture, "a breaker opens when enough calls failed often enough [112]") {
  CHECK(succeed());
  CHECK(succeed());
  CHECK(failure() == ErrorCode::dead);
  CHECK(breaker.state() == State::closed);  // three results are too few
  CHECK(succeed());
  CHECK(breaker.state() == State::closed);  // 1 of 4
  CHECK(failure() == ErrorCode::dead);
  CHECK(breaker.state() == State::closed);  // 2 of 5
  CHECK(failure() == ErrorCode::dead);
  CHECK(breaker.state() == State::open);  // 3 of 6
  int calls = 0;
  const auto refused = breaker.execute({}, [&]() -> Result<int> { return ++calls; });
  CHECK(calls == 0);
  CHECK(refused.error().is(ErrorCode::circuit_open));
  CHECK(refused.error().message() == "circuit-breaker [open]: circuit breaker is open");
}

TEST_CASE_FIXTURE(Fixture, "results leave the window with their bucket") {
  for (int i = 0; i < 3; ++i) failure();
  clock.advance(59s);
  CHECK(breaker.metrics().failures == 3);
  clock.advance(1s);
  CHECK(breaker.metrics().failures == 0);
  for (int i = 0; i < 3; ++i) failure();
  CHECK(breaker.state() == State::closed);
  clock.advance(50s);
  CHECK(failure() == ErrorCode::dead);
  CHECK(breaker.state() == State::open);
}

TEST_CASE_FIXTURE(Fixture,
                  "an open breaker probes after its timeout and closes on good results [113]") {
  open();
  clock.advance(10s - 1ns);
  CHECK(failure() == ErrorCode::circuit_open);
  clock.advance(1ns);
  for (int i = 0; i < 3; ++i) {
    CHECK(succeed());
    CHECK(breaker.state() == State::half_open);  // the minimum counts anew
  }
  CHECK(succeed());
  CHECK(breaker.state() == State::closed);
  CHECK(breaker.metrics().total == 0);
}

TEST_CASE_FIXTURE(Fixture,
                  "a probing breaker opens again on poor results, for a whole timeout [113]") {
  open();
  clock.advance(10s);
  for (int i = 0; i < 4; ++i) CHECK(failure() == ErrorCode::dead);
  CHECK(breaker.state() == State::open);
  clock.advance(9s);
  CHECK(failure() == ErrorCode::circuit_open);
  clock.advance(1s);
  CHECK(succeed());
}

TEST_CASE_FIXTURE(Fixture, "a probing breaker admits a limited number of calls at a time [114]") {
  open();
  clock.advance(10s);
  auto first = breaker.acquire();
  CHECK(first.has_value());
  {
    const auto second = breaker.acquire();
    CHECK(second.has_value());
    CHECK(breaker.acquire().error().is(ErrorCode::circuit_open));
  }
  const auto third = breaker.acquire();  // the second is gone, without a report
  CHECK(third.has_value());
  CHECK(breaker.acquire().error().is(ErrorCode::circuit_open));
  first->succeeded();
  CHECK(breaker.acquire().has_value());
}

TEST_CASE_FIXTURE(Fixture, "a permit without a report does not count") {
  for (int i = 0; i < 10; ++i) CHECK(breaker.acquire().has_value());
  CHECK(breaker.metrics().total == 0);
  auto permit = breaker.acquire();
  permit->failed();
  permit->failed();
  CHECK(breaker.metrics().failures == 1);
}

TEST_CASE_FIXTURE(Fixture, "a late result of an earlier state does not postpone the probing") {
  auto late = breaker.acquire();
  open();
  clock.advance(9s);
  late->failed();
  clock.advance(1s);
  CHECK(succeed());
}

TEST_CASE_FIXTURE(Fixture, "the caller's own cancellation is not counted [115]") {
  std::stop_source source;
  const CircuitBreaker::Caller caller{.canceled = source.get_token(), .deadline = {}};
  for (int i = 0; i < 10; ++i) {
    const auto result = breaker.execute(caller, [&]() -> Result<int> {
      source.request_stop();
      return fail(ErrorCode::request_canceled);
    });
    if (i == 0) CHECK(result.error().is(ErrorCode::request_canceled));
  }
  CHECK(breaker.metrics().total == 0);
  const auto before = breaker.execute(caller, good);
  CHECK(before.error().is(ErrorCode::circuit_timeout));
  CHECK(before.error().message() ==
        "circuit-breaker [closed]: context done before execution: context canceled");
}

TEST_CASE_FIXTURE(Fixture, "a passed deadline refuses the call uncounted, in the call it counts") {
  const CircuitBreaker::Caller caller{.canceled = {}, .deadline = clock.now() + 1s};
  CHECK_FALSE(breaker.execute(caller, [&]() -> Result<int> {
    clock.advance(1s);
    return fail(ErrorCode::request_timeout);
  }));
  CHECK(breaker.metrics().failures == 1);
  const auto before = breaker.execute(caller, good);
  CHECK(before.error().message() ==
        "circuit-breaker [closed]: context done before execution: context deadline exceeded");
  CHECK(breaker.metrics().total == 1);
}

TEST_CASE_FIXTURE(Fixture, "an exception becomes an error that tells the state and counts [116]") {
  const auto thrown =
      breaker.execute({}, []() -> Result<int> { throw std::runtime_error("boom"); });
  CHECK(thrown.error().is(ErrorCode::circuit_panic));
  CHECK(thrown.error().message() ==
        "circuit-breaker [closed]: panic during execution: panic: boom");
  CHECK(breaker.execute({}, []() -> Result<int> { throw 7; }).error().message() ==
        "circuit-breaker [closed]: panic during execution: panic: unknown exception");
  CHECK(breaker.metrics().failures == 2);
  open();
  clock.advance(10s);
  CHECK(breaker.execute({}, []() -> Result<int> { throw std::runtime_error("x"); })
            .error()
            .message() == "circuit-breaker [half-open]: panic during execution: panic: x");
}

TEST_CASE_FIXTURE(Fixture, "a fallback answers in place of any error") {
  const auto fallback = [](const Error& error) -> Result<int> {
    return error.is(ErrorCode::circuit_open) ? 100 : 200;
  };
  CHECK(*breaker.execute({}, good, fallback) == 1);
  CHECK(*breaker.execute({}, poor, fallback) == 200);
  for (int i = 0; i < 4; ++i) failure();
  CHECK(*breaker.execute({}, good, fallback) == 100);
}

TEST_CASE_FIXTURE(Fixture, "metrics show counts, rate, window and the last results [117]") {
  const auto start = clock.wall();
  auto metrics = breaker.metrics();
  CHECK(metrics.state == State::closed);
  CHECK(metrics.total == 0);
  CHECK(metrics.failure_rate == 0);
  CHECK_FALSE(metrics.last_failure);
  CHECK_FALSE(metrics.last_success);
  CHECK(succeed());
  clock.advance(1s);
  failure();
  clock.advance(1s);
  succeed();
  succeed();
  metrics = breaker.metrics();
  CHECK(metrics.successes == 3);
  CHECK(metrics.failures == 1);
  CHECK(metrics.total == 4);
  CHECK(metrics.failure_rate == doctest::Approx(0.25));
  CHECK(metrics.window == 60s);
  CHECK(metrics.window_end == start + 2s);
  CHECK(metrics.window_start == start - 58s);
  CHECK(metrics.last_failure == start + 1s);
  CHECK(metrics.last_success == start + 2s);
}

TEST_CASE("invalid options are named by validation and replaced by construction") {
  using Options = CircuitBreaker::Options;
  const auto text = [](const Options& options) {
    const auto status = options.validate();
    return status ? "ok" : status.error().message();
  };
  CHECK(text({}) == "ok");
  CHECK(text({.failure_rate = 1.5}) == "circuit breaker: failure_rate must be between 0 and 1");
  CHECK(text({.failure_rate = std::numeric_limits<double>::quiet_NaN()}) ==
        "circuit breaker: failure_rate must be between 0 and 1");
  CHECK(text({.min_requests = 0}) == "circuit breaker: min_requests must be at least 1");
  CHECK(text({.open_timeout = 0s}) == "circuit breaker: open_timeout must be positive");
  CHECK(text({.window = -1s}) == "circuit breaker: window must be positive");
  CHECK(text({.buckets = 0}) == "circuit breaker: buckets must be at least 1");
  CHECK(text({.half_open_max_calls = 0}) ==
        "circuit breaker: half_open_max_calls must be at least 1");
  CHECK(text({.window = 10ms, .buckets = 11}) ==
        "circuit breaker: window / buckets must be at least a millisecond");

  const FakeClock clock;
  CircuitBreaker breaker({.failure_rate = -1,
                          .min_requests = 0,
                          .open_timeout = 0s,
                          .window = 0s,
                          .buckets = 0,
                          .half_open_max_calls = 0},
                         clock);
  CHECK(breaker.metrics().window == 60s);
  for (int i = 0; i < 9; ++i) CHECK_FALSE(breaker.execute({}, poor));
  CHECK(breaker.state() == State::closed);
  CHECK_FALSE(breaker.execute({}, poor));
  CHECK(breaker.state() == State::open);
}

TEST_CASE("the states have GoAkt's names and numbers") {
  CHECK(to_string(State::closed) == "closed");
  CHECK(to_string(State::open) == "open");
  CHECK(to_string(State::half_open) == "half-open");
  CHECK(static_cast<int>(State::closed) == 0);
  CHECK(static_cast<int>(State::open) == 1);
  CHECK(static_cast<int>(State::half_open) == 2);
}

TEST_CASE("a call may return nothing but success") {
  CircuitBreaker breaker;
  CHECK(breaker.execute({}, []() -> Status { return {}; }).has_value());
  CHECK(breaker.metrics().successes == 1);
}

}  // namespace
}  // namespace goakt
