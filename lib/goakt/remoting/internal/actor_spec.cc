#include "goakt/remoting/internal/actor_spec.h"

#include "goakt/wire/durations.h"

#include <algorithm>
#include <limits>

namespace goakt::remoting {

namespace {

SupervisionStrategy strategy_of(internalpb::SupervisorStrategy strategy) {
  return strategy == internalpb::SUPERVISOR_STRATEGY_ONE_FOR_ALL ? SupervisionStrategy::one_for_all
                                                                 : SupervisionStrategy::one_for_one;
}

// What a newer peer calls by a number that we do not know stops.
Directive directive_of(internalpb::SupervisorDirective directive) {
  const int number = directive;
  return number >= 0 && number <= static_cast<int>(Directive::escalate)
             ? static_cast<Directive>(number)
             : Directive::stop;
}

internalpb::SupervisorDirective directive_of(Directive directive) {
  return static_cast<internalpb::SupervisorDirective>(directive);
}

}  // namespace

void write_passivation(const Passivation& passivation, internalpb::PassivationStrategy& to) {
  switch (passivation.kind()) {
    case Passivation::Kind::time_based:
      wire::set_duration(*to.mutable_time_based()->mutable_passivate_after(),
                         passivation.timeout());
      break;
    case Passivation::Kind::messages_count_based:
      to.mutable_messages_count_based()->set_max_messages(
          static_cast<std::int64_t>(passivation.messages()));
      break;
    case Passivation::Kind::long_lived:
      to.mutable_long_lived();
      break;
  }
}

std::optional<Passivation> read_passivation(const internalpb::PassivationStrategy& from) {
  if (from.has_time_based())
    return Passivation::time_based(std::chrono::duration_cast<std::chrono::milliseconds>(
        wire::to_nanoseconds(from.time_based().passivate_after())));
  if (from.has_messages_count_based())
    return Passivation::messages_count_based(static_cast<std::uint64_t>(
        std::max<std::int64_t>(from.messages_count_based().max_messages(), 0)));
  if (from.has_long_lived()) return Passivation::long_lived();
  return std::nullopt;
}

void write_supervisor(const Supervisor& supervisor, internalpb::SupervisorSpec& to) {
  to.set_strategy(supervisor.strategy() == SupervisionStrategy::one_for_all
                      ? internalpb::SUPERVISOR_STRATEGY_ONE_FOR_ALL
                      : internalpb::SUPERVISOR_STRATEGY_ONE_FOR_ONE);
  to.set_max_retries(supervisor.max_retries());
  wire::set_duration(*to.mutable_timeout(), supervisor.timeout());
  if (const auto any = supervisor.directive_for("*"); any && supervisor.directives().empty()) {
    to.set_any_error_directive(directive_of(*any));
    return;
  }
  for (const auto& [error_type, directive] : supervisor.directives()) {  // in the types' order
    internalpb::SupervisorDirectiveRule& rule = *to.add_directives();
    rule.set_error_type(error_type);
    rule.set_directive(directive_of(directive));
  }
}

std::shared_ptr<const Supervisor> read_supervisor(const internalpb::SupervisorSpec& from) {
  auto supervisor = std::make_shared<Supervisor>();
  supervisor->strategy(strategy_of(from.strategy()));
  if (from.has_timeout() || from.max_retries() != 0)
    supervisor->retry(from.max_retries(), wire::to_nanoseconds(from.timeout()));
  if (from.has_any_error_directive()) {
    supervisor->any_error(directive_of(from.any_error_directive()));
    return supervisor;
  }
  for (const auto& rule : from.directives())
    if (!rule.error_type().empty())
      supervisor->directive(rule.error_type(), directive_of(rule.directive()));
  return supervisor;
}

void write_reentrancy(const Reentrancy& reentrancy, internalpb::ReentrancyConfig& to) {
  to.set_mode(static_cast<internalpb::ReentrancyMode>(reentrancy.mode));
  to.set_max_in_flight(static_cast<std::uint32_t>(std::max(reentrancy.max_in_flight, 0)));
}

Reentrancy read_reentrancy(const internalpb::ReentrancyConfig& from) {
  Reentrancy reentrancy;
  if (from.mode() == internalpb::REENTRANCY_MODE_ALLOW_ALL)
    reentrancy.mode = ReentrancyMode::allow_all;
  if (from.mode() == internalpb::REENTRANCY_MODE_STASH_NON_REENTRANT)
    reentrancy.mode = ReentrancyMode::stash_non_reentrant;
  constexpr std::uint32_t kMost = std::numeric_limits<int>::max();
  reentrancy.max_in_flight = static_cast<int>(std::min(from.max_in_flight(), kMost));
  return reentrancy;
}

}  // namespace goakt::remoting
