#pragma once

#include "goakt/base/error.h"
#include "goakt/base/export.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace goakt {

enum class SupervisionStrategy : std::uint8_t { one_for_one = 0, one_for_all = 1 };
enum class Directive : std::uint8_t { stop = 0, resume = 1, restart = 2, escalate = 3 };

// How an actor's parent treats its failures; a property of the failing actor. Rules are keyed by
// the error's type name, because those names cross the wire: "errors.PanicError" for anything
// thrown, "errors.InternalError", a user's own, "*" for any. Immutable once an actor uses it.
class GOAKT_API Supervisor {
 public:
  // PanicError stops, runtime.PanicNilError restarts; an error without a rule suspends the actor.
  Supervisor();

  Supervisor& strategy(SupervisionStrategy strategy);
  Supervisor& directive(std::string error_type, Directive directive);
  // Replaces all rules.
  Supervisor& any_error(Directive directive);
  // At most `retries` restarts within `window`; the next fault suspends.
  Supervisor& retry(std::uint32_t retries, std::chrono::nanoseconds window);
  // Delay before restart n: initial * 2^(n-1), at most `max`; `reset_after` without a fault starts
  // anew.
  Supervisor& exponential_backoff(std::chrono::nanoseconds initial, std::chrono::nanoseconds max,
                                  std::chrono::nanoseconds reset_after = {});

  SupervisionStrategy strategy() const { return strategy_; }

  std::optional<Directive> directive_for(std::string_view error_type) const;

  const std::map<std::string, Directive, std::less<>>& directives() const { return directives_; }

  std::uint32_t max_retries() const { return max_retries_; }

  std::chrono::nanoseconds timeout() const { return timeout_; }

  std::chrono::nanoseconds initial_delay() const { return initial_delay_; }

  std::chrono::nanoseconds max_delay() const { return max_delay_; }

  std::chrono::nanoseconds reset_after() const { return reset_after_; }

  // Of the fault counter: reset_after if set, else the retry window.
  std::chrono::nanoseconds fault_window() const;
  // Before the restart after that many faults in a row (1, 2, ...).
  std::chrono::nanoseconds delay_before_restart(std::uint32_t faults) const;

 private:
  SupervisionStrategy strategy_ = SupervisionStrategy::one_for_one;
  std::map<std::string, Directive, std::less<>> directives_;
  std::optional<Directive> any_error_;
  std::uint32_t max_retries_ = 0;
  std::chrono::nanoseconds timeout_{-1};
  std::chrono::nanoseconds initial_delay_{0};
  std::chrono::nanoseconds max_delay_{0};
  std::chrono::nanoseconds reset_after_{0};
};

}  // namespace goakt
