#include "goakt/actor/supervisor.h"

#include "goakt/base/backoff.h"

#include <algorithm>

namespace goakt {

Supervisor::Supervisor()
    : directives_{{"errors.PanicError", Directive::stop},
                  {"runtime.PanicNilError", Directive::restart}} {}

Supervisor& Supervisor::strategy(SupervisionStrategy strategy) {
  strategy_ = strategy;
  return *this;
}

Supervisor& Supervisor::directive(std::string error_type, Directive directive) {
  if (error_type == "*") return any_error(directive);
  directives_.insert_or_assign(std::move(error_type), directive);
  return *this;
}

Supervisor& Supervisor::any_error(Directive directive) {
  directives_.clear();
  any_error_ = directive;
  return *this;
}

Supervisor& Supervisor::retry(std::uint32_t retries, std::chrono::nanoseconds window) {
  max_retries_ = retries;
  timeout_ = window;
  return *this;
}

Supervisor& Supervisor::exponential_backoff(std::chrono::nanoseconds initial,
                                            std::chrono::nanoseconds max,
                                            std::chrono::nanoseconds reset_after) {
  if (initial.count() <= 0) return *this;
  initial_delay_ = initial;
  max_delay_ = std::max(initial, max);
  reset_after_ = reset_after.count() <= 0 ? max_delay_ : reset_after;
  return *this;
}

std::optional<Directive> Supervisor::directive_for(std::string_view error_type) const {
  if (const auto it = directives_.find(error_type); it != directives_.end()) return it->second;
  return any_error_;
}

std::chrono::nanoseconds Supervisor::fault_window() const {
  return reset_after_.count() > 0 ? reset_after_ : timeout_;
}

std::chrono::nanoseconds Supervisor::delay_before_restart(std::uint32_t faults) const {
  return ExponentialBackoff{initial_delay_, max_delay_}.after(faults);
}

}  // namespace goakt
