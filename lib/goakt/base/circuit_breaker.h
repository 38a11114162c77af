#pragma once

#include "goakt/base/clock.h"
#include "goakt/base/result.h"

#include <atomic>
#include <cstdint>
#include <exception>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>
#include <vector>

namespace goakt {

// Stops calling what keeps failing. Closed, it counts results in a rolling window; once there are
// enough of them and the share of failures reaches the limit it opens and refuses every call. After
// a while it lets a few calls through to probe (half-open) and closes, or opens again, when these
// have filled the minimum number of results. The same rules and texts as GoAkt's.
//
// Any thread may call anything. The guarded call runs without a lock held. The breaker must outlive
// its permits.
class GOAKT_API CircuitBreaker {
 public:
  enum class State : std::uint8_t { closed, open, half_open };

  struct Options {
    double failure_rate = 0.5;
    std::uint32_t min_requests = 10;
    Duration open_timeout = std::chrono::seconds(30);
    Duration window = std::chrono::seconds(60);
    std::uint32_t buckets = 12;
    std::uint32_t half_open_max_calls = 1;

    // What is wrong, if anything; a bucket shorter than a millisecond is.
    [[nodiscard]] Status validate() const;
  };

  struct Metrics {
    State state = State::closed;
    std::uint64_t successes = 0;
    std::uint64_t failures = 0;
    std::uint64_t total = 0;
    double failure_rate = 0;
    Duration window{};
    WallTime window_start;
    WallTime window_end;
    std::optional<WallTime> last_failure;
    std::optional<WallTime> last_success;
  };

  // The caller's own limits. Its cancellation says nothing about the guarded thing and is not
  // counted; its deadline passing during the call is a failure.
  struct Caller {
    std::stop_token canceled;
    std::optional<TimePoint> deadline;
  };

  // The right to make one call, for callers that cannot use execute() (coroutines). Report the
  // outcome when it is over; the first report counts, without one the call does not.
  class GOAKT_API Permit {
   public:
    Permit(Permit&& other) noexcept
        : breaker_(std::exchange(other.breaker_, nullptr)), probe_(other.probe_) {}

    Permit& operator=(Permit&&) = delete;
    ~Permit();

    void succeeded() { report(true); }

    void failed() { report(false); }

   private:
    friend class CircuitBreaker;

    Permit(CircuitBreaker* breaker, bool probe) noexcept : breaker_(breaker), probe_(probe) {}

    void report(bool success);
    void release();

    CircuitBreaker* breaker_;
    bool probe_;
  };

  // Invalid options are replaced by the defaults.
  explicit CircuitBreaker(Options options, const Clock& clock = SystemClock::instance());

  CircuitBreaker() : CircuitBreaker(Options{}) {}

  CircuitBreaker(const CircuitBreaker&) = delete;
  CircuitBreaker& operator=(const CircuitBreaker&) = delete;

  State state() const noexcept { return state_.load(std::memory_order_acquire); }

  // "circuit-breaker [open]: circuit breaker is open" when there is no room for the call.
  [[nodiscard]] Result<Permit> acquire();

  // Makes the call, `Result<T> call()`, if it is allowed. An exception becomes an error of code
  // circuit_panic and counts as a failure, as every error does unless the caller has cancelled.
  template <class Call>
  auto execute(const Caller& caller, Call&& call) -> decltype(call()) {
    if (auto error = caller_done(caller)) return unexpected(*std::move(error));
    auto permit = acquire();
    if (!permit) return unexpected(std::move(permit).error());
    try {
      auto result = std::forward<Call>(call)();
      if (result)
        permit->succeeded();
      else if (!caller.canceled.stop_requested())
        permit->failed();
      return result;
    } catch (...) {
      auto error = panic(std::current_exception());
      if (!caller.canceled.stop_requested()) permit->failed();
      return unexpected(std::move(error));
    }
  }

  // The same; whatever the error, `Result<T> fallback(const Error&)` answers in its place.
  template <class Call, class Fallback>
  auto execute(const Caller& caller, Call&& call, Fallback&& fallback) -> decltype(call()) {
    auto result = execute(caller, std::forward<Call>(call));
    if (result) return result;
    return std::forward<Fallback>(fallback)(result.error());
  }

  Metrics metrics() const;

 private:
  struct Bucket {
    std::uint64_t successes = 0;
    std::uint64_t failures = 0;
  };

  std::optional<Error> caller_done(const Caller& caller) const;
  Error panic(std::exception_ptr exception) const;
  void record(bool success);
  void advance(TimePoint now) const;
  void reset(TimePoint now) const;
  Bucket totals() const;
  void move_to(State state, TimePoint now);

  const Options options_;
  const Clock& clock_;
  // Written under mutex_; read without it, for a closed breaker must cost next to nothing.
  std::atomic<State> state_{State::closed};

  mutable std::mutex mutex_;  // guards all below
  TimePoint open_until_{};
  std::uint32_t probes_ = 0;
  // The window moves on when somebody looks, hence mutable.
  mutable std::vector<Bucket> buckets_;
  mutable std::size_t current_ = 0;
  mutable TimePoint current_start_{};
  std::optional<WallTime> last_failure_;
  std::optional<WallTime> last_success_;
};

// "closed", "open", "half-open".
GOAKT_API std::string_view to_string(CircuitBreaker::State state) noexcept;

}  // namespace goakt
