#include "goakt/actor/internal/system.h"
#include "goakt/actor/messages.h"

#include <algorithm>

// What happens when a handler fails: the failing turn suspends its actor at once, and the parent
// decides in a turn of its own.

namespace goakt::internal {

namespace {

// What a failed child tells its parent. Travels as a control task.
struct FailureReport {
  Pid child;
  Directive directive;
  SupervisionStrategy strategy;
  bool exhausted;  // the restart budget is used up
  std::chrono::nanoseconds delay;
  std::string reason;
  Message message;
};

std::vector<Pid> group_of(Cell& parent, const FailureReport& report) {
  if (report.strategy == SupervisionStrategy::one_for_one) return {report.child};
  std::vector<Pid> group;
  std::lock_guard lock(parent.system->children_lock(parent));
  for (Cell* child = parent.first_child; child != nullptr; child = child->next_sibling)
    group.push_back(pid_of(*child));
  return group;
}

// Counts the fault; true: no restart any more.
bool count_fault(Cell& cell, const Supervisor& supervisor) {
  CellExtension& x = extension_of(cell);
  const TimePoint now = cell.system->clock.now();
  const auto window = supervisor.fault_window();
  if (window.count() > 0 && x.faults != 0 && now - x.last_fault > window) x.faults = 0;
  ++x.faults;
  x.last_fault = now;
  return supervisor.max_retries() > 0 && window.count() > 0 && x.faults > supervisor.max_retries();
}

void restart_group(const std::vector<Pid>& group, const Pid& failed) {
  for (const Pid& pid : group)
    post(pid, [is_failed = pid == failed](Cell& c) {
      if (!is_failed) count_fault(c, supervisor_of(c));
      if (c.has(kSuspended))
        supervised_restart(c);
      else if (!is_failed)
        begin_stop(c, StopMode::restart, nullptr);  // in good health: stops and starts
    });
}

void restart_later(Cell& parent, std::vector<Pid> group, const Pid& failed,
                   std::chrono::nanoseconds delay) {
  if (delay.count() <= 0) return restart_group(group, failed);
  // By way of the parent: when it stops meanwhile, nothing is restarted.
  parent.system->timers.after(delay, [group = std::move(group), failed, to = pid_of(parent)] {
    post(to, [group, failed](Cell& p) {
      if (!p.has(kStopping)) restart_group(group, failed);
    });
  });
}

void decide(Cell& parent, FailureReport& report) {
  switch (report.directive) {
    case Directive::stop:
      for (const Pid& pid : group_of(parent, report))
        post(pid, [](Cell& c) { begin_stop(c, StopMode::stop, nullptr); });
      return;
    case Directive::restart:
      if (!report.exhausted)
        return restart_later(parent, group_of(parent, report), report.child, report.delay);
      for (const Pid& pid : group_of(parent, report))
        if (pid != report.child)
          post(pid, [reason = report.reason](Cell& c) { suspend(c, reason); });
      return;
    case Directive::escalate: {
      Message signal = Message::make<PanicSignal>(
          std::move(report.message), std::move(report.reason), parent.system->clock.wall());
      signal.get()->origin = origin_of_actor(report.child);
      post_control(parent, parent.generation.load(std::memory_order_relaxed), signal.release(),
                   nullptr);
      return;
    }
    case Directive::resume:
      return;  // decided by the child itself
  }
}

}  // namespace

void actor_failed(Cell& cell, Error error, const Envelope* message) {
  if (error.code() == ErrorCode::dead || cell.has(kStopping) || !cell.has(kRunning) ||
      cell.has(kSuspended))
    return;
  const Supervisor& supervisor = supervisor_of(cell);
  const auto directive = supervisor.directive_for(error.type_name());
  std::string reason = error.message();
  if (!directive || cell.parent == nullptr) {
    cell.system->log_failure(cell, "receive", error);
    return suspend(cell, reason);
  }
  if (*directive == Directive::resume) {
    cell.flags.fetch_or(kPassivationSkipNext, std::memory_order_relaxed);
    return;
  }
  FailureReport report{pid_of(cell), *directive, supervisor.strategy(), false, {}, {}, {}};
  if (*directive == Directive::restart) {
    report.exhausted = count_fault(cell, supervisor);
    const std::uint32_t faults = extension_of(cell).faults;
    report.delay = supervisor.delay_before_restart(faults);
    if (report.exhausted)
      reason = "restart budget exhausted: " + std::to_string(faults) + " consecutive failures";
  }
  suspend(cell, reason);
  report.reason = std::move(reason);
  if (*directive == Directive::escalate && message != nullptr &&
      message->type->copy_construct != nullptr) {
    Envelope* copy = new_envelope();
    message->type->copy_construct(reserve_value(*copy, *message->type), message->value());
    report.message = Message(copy);
  }
  post(pid_of(*cell.parent),
       [report = std::move(report)](Cell& parent) mutable { decide(parent, report); });
}

}  // namespace goakt::internal
