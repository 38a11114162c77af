#include "goakt/actor/internal/scheduler.h"

#include "goakt/actor/internal/system.h"
#include "goakt/base/uuid.h"

#include <algorithm>

namespace goakt::internal {

namespace {

// What a suspended machine missed is made up for, but not more than this (go-quartz's outdated
// threshold as GoAkt sets it).
constexpr Duration kCatchUp = std::chrono::hours(24);

// A wall clock can be set: cron looks at it at least this often.
constexpr Duration kLongestCronWait = std::chrono::minutes(1);

bool is_alive(const Pid& pid) {
  const Cell* cell = PidAccess::cell(pid);
  return cell->is(PidAccess::generation(pid)) && cell->has(kRunning);
}

std::chrono::sys_seconds whole_seconds(WallTime time) {
  return std::chrono::floor<std::chrono::seconds>(time);
}

}  // namespace

void Scheduler::start() {
  std::lock_guard lock(mutex_);
  running_ = true;
}

void Scheduler::stop() {
  std::lock_guard lock(mutex_);
  running_ = false;
  for (const auto& [reference, job] : by_reference_) {
    disarm(*job);
    job->ended = true;
  }
  by_reference_.clear();
  by_target_.clear();
  count_.store(0, std::memory_order_relaxed);
}

Result<std::string> Scheduler::once(const Pid& to, Message message, Duration delay,
                                    ScheduleOptions options) {
  auto job = std::make_shared<Job>();
  job->target = to;
  job->message = std::move(message);
  job->due = clock_.now() + std::clamp(delay, Duration::zero(), Duration::max() / 2);
  return add(std::move(job), std::move(options));
}

Result<std::string> Scheduler::every(const Pid& to, Message message, Duration interval,
                                     ScheduleOptions options) {
  if (interval <= Duration::zero()) return fail(ErrorCode::invalid_timer_interval);
  auto job = std::make_shared<Job>();
  job->target = to;
  job->message = std::move(message);
  job->kind = Kind::interval;
  job->interval = std::min(interval, Duration::max() / 2);
  job->due = clock_.now() + job->interval;
  return add(std::move(job), std::move(options));
}

Result<std::string> Scheduler::cron(const Pid& to, Message message, std::string_view expression,
                                    ScheduleOptions options) {
  auto job = std::make_shared<Job>();
  GOAKT_TRY(job->expression, CronExpression::parse(expression));
  job->target = to;
  job->message = std::move(message);
  job->kind = Kind::cron;
  job->zone = options.zone;
  const auto first = job->expression->next_after(whole_seconds(clock_.wall()), job->zone);
  if (!first) return fail(ErrorCode::trigger_expired);
  job->due_wall = *first;
  return add(std::move(job), std::move(options));
}

Result<std::string> Scheduler::add(JobPtr job, ScheduleOptions options) {
  const Cell* target = PidAccess::cell(job->target);
  if (target == nullptr || target == target->system->no_sender)
    return fail(ErrorCode::undefined_actor);
  if (target->has(kRemote) && target->system->options.port == 0)
    return fail(ErrorCode::remoting_disabled);
  if (options.reference && options.reference->empty())
    return fail(ErrorCode::schedule_reference_empty);
  if (job->kind != Kind::once)
    if (auto copy = job->message.copy(); !copy) return unexpected(std::move(copy).error());
  job->sender = options.sender;
  job->reference = options.reference ? *std::move(options.reference) : Uuid::random().to_string();
  {
    std::lock_guard lock(mutex_);
    if (!running_) return fail(ErrorCode::scheduler_not_started);
    if (!by_reference_.emplace(job->reference, job).second)
      return fail(ErrorCode::schedule_already_exists);
    by_target_.emplace(job->target, job);
    count_.store(by_reference_.size(), std::memory_order_seq_cst);
    // After it can be found: a target that stops now either sees it, or is seen here.
    if (!is_alive(job->target)) {
      erase(job);
      return fail(ErrorCode::dead);
    }
    arm(job);
  }
  return job->reference;
}

void Scheduler::arm(const JobPtr& job) {
  const std::uint64_t epoch = ++job->epoch;
  auto due = job->due;
  if (job->kind == Kind::cron)
    due = clock_.now() +
          std::clamp<Duration>(job->due_wall - clock_.wall(), Duration::zero(), kLongestCronWait);
  job->timer = timers_.at(due, [this, job, epoch] { fire(job, epoch); });
}

void Scheduler::disarm(Job& job) {
  ++job.epoch;
  timers_.cancel(std::exchange(job.timer, 0));
}

void Scheduler::erase(const JobPtr& job) {
  disarm(*job);
  job->ended = true;
  by_reference_.erase(job->reference);
  const auto [first, last] = by_target_.equal_range(job->target);
  for (auto it = first; it != last; ++it)
    if (it->second == job) {
      by_target_.erase(it);
      break;
    }
  count_.store(by_reference_.size(), std::memory_order_relaxed);
}

bool Scheduler::advance(Job& job) {
  if (job.kind == Kind::once) return false;
  if (job.kind == Kind::interval) {
    job.due += job.interval;
    if (const Duration late = clock_.now() - job.due; late > kCatchUp)
      job.due += (late - kCatchUp) / job.interval * job.interval;
    return true;
  }
  const auto oldest = whole_seconds(clock_.wall() - kCatchUp);
  const auto next = job.expression->next_after(std::max(job.due_wall, oldest), job.zone);
  if (next) job.due_wall = *next;
  return next.has_value();
}

void Scheduler::fire(const JobPtr& job, std::uint64_t epoch) {
  Message message;
  {
    std::lock_guard lock(mutex_);
    if (job->epoch != epoch || job->ended) return;
    if (!is_alive(job->target)) return erase(job);
    if (job->kind == Kind::cron && clock_.wall() < job->due_wall) return arm(job);
    if (job->kind == Kind::once) {
      message = std::move(job->message);
    } else {
      auto copy = job->message.copy();
      if (!copy) return erase(job);
      message = *std::move(copy);
    }
    if (advance(*job))
      arm(job);
    else
      erase(job);
  }
  // A mailbox that is full has its own policy; nobody else waits for the outcome.
  static_cast<void>(send(job->target, message.release(), job->sender));
}

Result<Scheduler::JobPtr> Scheduler::find(std::string_view reference) const {
  if (!running_) return fail(ErrorCode::scheduler_not_started);
  const auto it = by_reference_.find(reference);
  if (it == by_reference_.end()) return fail(ErrorCode::schedule_reference_not_found);
  return it->second;
}

Status Scheduler::cancel(std::string_view reference) {
  std::lock_guard lock(mutex_);
  GOAKT_TRY(const JobPtr job, find(reference));
  erase(job);
  return {};
}

Status Scheduler::pause(std::string_view reference) {
  std::lock_guard lock(mutex_);
  GOAKT_TRY(const JobPtr job, find(reference));
  if (job->paused) return fail(ErrorCode::schedule_suspended);
  disarm(*job);
  job->paused = true;
  job->left = std::max(job->due - clock_.now(), Duration::zero());
  return {};
}

Status Scheduler::resume(std::string_view reference) {
  std::lock_guard lock(mutex_);
  GOAKT_TRY(const JobPtr job, find(reference));
  if (!job->paused) return fail(ErrorCode::schedule_active);
  if (job->kind == Kind::cron) {
    const auto next = job->expression->next_after(whole_seconds(clock_.wall()), job->zone);
    if (!next) {
      erase(job);
      return fail(ErrorCode::trigger_expired);
    }
    job->due_wall = *next;
  } else {
    job->due = clock_.now() + (job->kind == Kind::once ? job->left : job->interval);
  }
  job->paused = false;
  arm(job);
  return {};
}

std::vector<ScheduleInfo> Scheduler::list() const {
  std::lock_guard lock(mutex_);
  std::vector<ScheduleInfo> schedules;
  schedules.reserve(by_reference_.size());
  for (const auto& [reference, job] : by_reference_) {
    ScheduleInfo info;
    info.reference = reference;
    info.target = job->target.path();
    info.kind = job->kind;
    info.paused = job->paused;
    if (job->kind == Kind::cron)
      info.due_in = job->due_wall - clock_.wall();
    else
      info.due_in = job->paused ? job->left : job->due - clock_.now();
    info.interval = job->interval;
    if (job->expression) info.cron = job->expression->text();
    schedules.push_back(std::move(info));
  }
  return schedules;
}

void Scheduler::forget_target(const Pid& target) {
  std::lock_guard lock(mutex_);
  std::vector<JobPtr> jobs;
  const auto [first, last] = by_target_.equal_range(target);
  for (auto it = first; it != last; ++it) jobs.push_back(it->second);
  for (const JobPtr& job : jobs) erase(job);
}

}  // namespace goakt::internal
