#include "goakt/base/circuit_breaker.h"

#include "goakt/base/errors.h"

#include <algorithm>
#include <string>

namespace goakt {

namespace {

tl::unexpected<Error> bad(std::string_view option, std::string_view rule) {
  return fail(ErrorCode::invalid_argument,
              std::string("circuit breaker: ").append(option).append(" must be ").append(rule));
}

Error circuit_error(ErrorCode code, CircuitBreaker::State state, std::string_view message) {
  std::string text("circuit-breaker [");
  text.append(to_string(state)).append("]: ").append(message);
  return Error(code, std::move(text));
}

bool is_share(double rate) {
  return rate >= 0 && rate <= 1;  // NaN is not
}

CircuitBreaker::Options sanitized(CircuitBreaker::Options options) {
  const CircuitBreaker::Options defaults;
  if (!is_share(options.failure_rate)) options.failure_rate = defaults.failure_rate;
  if (options.min_requests < 1) options.min_requests = defaults.min_requests;
  if (options.open_timeout <= Duration::zero()) options.open_timeout = defaults.open_timeout;
  if (options.window <= Duration::zero()) options.window = defaults.window;
  if (options.buckets < 1) options.buckets = defaults.buckets;
  if (options.half_open_max_calls < 1) options.half_open_max_calls = defaults.half_open_max_calls;
  return options;
}

}  // namespace

std::string_view to_string(CircuitBreaker::State state) noexcept {
  switch (state) {
    case CircuitBreaker::State::closed:
      return "closed";
    case CircuitBreaker::State::open:
      return "open";
    case CircuitBreaker::State::half_open:
      break;
  }
  return "half-open";
}

Status CircuitBreaker::Options::validate() const {
  if (!is_share(failure_rate)) return bad("failure_rate", "between 0 and 1");
  if (min_requests < 1) return bad("min_requests", "at least 1");
  if (open_timeout <= Duration::zero()) return bad("open_timeout", "positive");
  if (window <= Duration::zero()) return bad("window", "positive");
  if (buckets < 1) return bad("buckets", "at least 1");
  if (half_open_max_calls < 1) return bad("half_open_max_calls", "at least 1");
  if (window / buckets < std::chrono::milliseconds(1))
    return bad("window / buckets", "at least a millisecond");
  return {};
}

CircuitBreaker::CircuitBreaker(Options options, const Clock& clock)
    : options_(sanitized(options)),
      clock_(clock),
      buckets_(options_.buckets),
      current_start_(clock.now()) {}

Result<CircuitBreaker::Permit> CircuitBreaker::acquire() {
  if (state() == State::closed) return Permit(this, false);
  const std::lock_guard lock(mutex_);
  switch (state()) {
    case State::closed:
      return Permit(this, false);
    case State::open: {
      const auto now = clock_.now();
      if (now < open_until_) return fail(ErrorCode::circuit_open);
      move_to(State::half_open, now);
      break;
    }
    case State::half_open:
      break;
  }
  if (probes_ >= options_.half_open_max_calls) return fail(ErrorCode::circuit_open);
  ++probes_;
  return Permit(this, true);
}

CircuitBreaker::Permit::~Permit() {
  release();
}

void CircuitBreaker::Permit::report(bool success) {
  if (breaker_ == nullptr) return;
  breaker_->record(success);
  release();
}

void CircuitBreaker::Permit::release() {
  auto* breaker = std::exchange(breaker_, nullptr);
  if (breaker == nullptr || !probe_) return;
  const std::lock_guard lock(breaker->mutex_);
  --breaker->probes_;
}

void CircuitBreaker::record(bool success) {
  const auto now = clock_.now();
  const std::lock_guard lock(mutex_);
  advance(now);
  ++(success ? buckets_[current_].successes : buckets_[current_].failures);
  (success ? last_success_ : last_failure_) = clock_.wall();

  const auto [successes, failures] = totals();
  const auto total = successes + failures;
  if (total < options_.min_requests) return;
  if (static_cast<double>(failures) / static_cast<double>(total) >= options_.failure_rate)
    move_to(State::open, now);
  else if (state() == State::half_open)
    move_to(State::closed, now);
}

void CircuitBreaker::move_to(State state, TimePoint now) {
  if (this->state() == state) return;
  if (state == State::open)
    open_until_ = now + options_.open_timeout;
  else
    reset(now);  // probing and recovery are judged by fresh results
  state_.store(state, std::memory_order_release);
}

void CircuitBreaker::reset(TimePoint now) const {
  std::fill(buckets_.begin(), buckets_.end(), Bucket());
  current_ = 0;
  current_start_ = now;
}

void CircuitBreaker::advance(TimePoint now) const {
  const auto width = std::max(options_.window / options_.buckets, Duration(1));
  const auto steps = (now - current_start_) / width;
  if (steps >= static_cast<Duration::rep>(buckets_.size())) return reset(now);
  for (Duration::rep i = 0; i < steps; ++i) {
    current_ = (current_ + 1) % buckets_.size();
    current_start_ += width;
    buckets_[current_] = Bucket();
  }
}

CircuitBreaker::Bucket CircuitBreaker::totals() const {
  Bucket sum;
  for (const auto& bucket : buckets_) {
    sum.successes += bucket.successes;
    sum.failures += bucket.failures;
  }
  return sum;
}

CircuitBreaker::Metrics CircuitBreaker::metrics() const {
  const auto now = clock_.now();
  const std::lock_guard lock(mutex_);
  advance(now);
  const auto [successes, failures] = totals();
  Metrics metrics;
  metrics.state = state();
  metrics.successes = successes;
  metrics.failures = failures;
  metrics.total = successes + failures;
  if (metrics.total > 0)
    metrics.failure_rate = static_cast<double>(failures) / static_cast<double>(metrics.total);
  metrics.window = options_.window;
  metrics.window_end = clock_.wall();
  metrics.window_start = metrics.window_end - options_.window;
  metrics.last_failure = last_failure_;
  metrics.last_success = last_success_;
  return metrics;
}

std::optional<Error> CircuitBreaker::caller_done(const Caller& caller) const {
  const bool canceled = caller.canceled.stop_requested();
  if (!canceled && (!caller.deadline || clock_.now() < *caller.deadline)) return std::nullopt;
  return circuit_error(ErrorCode::circuit_timeout, state(),
                       canceled ? "context done before execution: context canceled"
                                : "context done before execution: context deadline exceeded");
}

Error CircuitBreaker::panic(std::exception_ptr exception) const {
  std::string what = "unknown exception";
  try {
    std::rethrow_exception(std::move(exception));
  } catch (const std::exception& error) {
    what = error.what();
  } catch (...) {
    // Nothing more is known of it.
  }
  return circuit_error(ErrorCode::circuit_panic, state(),
                       "panic during execution: " + errors::panic(what).message());
}

}  // namespace goakt
