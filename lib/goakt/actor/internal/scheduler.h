#pragma once

#include "goakt/actor/internal/timers.h"
#include "goakt/actor/scheduler.h"
#include "goakt/base/clock.h"
#include "goakt/base/cron.h"
#include "goakt/base/result.h"
#include "goakt/message/envelope.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace goakt::internal {

// Messages that are sent later. One timer per schedule; a schedule ends with its target. Any
// thread.
class Scheduler {
 public:
  Scheduler(Clock& clock, Timers& timers) : clock_(clock), timers_(timers) {}

  void start();
  // Forgets all schedules; none fires any more.
  void stop();

  // All three return the reference. Errors: scheduler_not_started, undefined_actor, dead,
  // remoting_disabled, schedule_already_exists, schedule_reference_empty; invalid_message for a
  // repeated message that cannot be copied.
  Result<std::string> once(const Pid& to, Message message, Duration delay, ScheduleOptions options);
  // Error: invalid_timer_interval.
  Result<std::string> every(const Pid& to, Message message, Duration interval,
                            ScheduleOptions options);
  // Errors: invalid_cron, trigger_expired.
  Result<std::string> cron(const Pid& to, Message message, std::string_view expression,
                           ScheduleOptions options);

  // Errors: schedule_reference_not_found; schedule_suspended, schedule_active.
  Status cancel(std::string_view reference);
  Status pause(std::string_view reference);
  Status resume(std::string_view reference);
  std::vector<ScheduleInfo> list() const;

  // Told by every actor that ends; costs one load while nothing is scheduled.
  void target_stopped(const Pid& target) {
    if (count_.load(std::memory_order_seq_cst) != 0) forget_target(target);
  }

 private:
  using Kind = ScheduleInfo::Kind;

  struct Job {
    std::string reference;
    Pid target;
    Pid sender;
    Message message;
    Kind kind = Kind::once;
    Duration interval{};
    std::optional<CronExpression> expression;
    Zone zone = Zone::local;
    TimePoint due{};                      // once, interval
    std::chrono::sys_seconds due_wall{};  // cron
    Duration left{};                      // of a paused one-shot
    bool paused = false;
    bool ended = false;
    Timers::Id timer = 0;
    // Of the timer that counts: one that was cancelled too late finds another number here.
    std::uint64_t epoch = 0;
  };

  using JobPtr = std::shared_ptr<Job>;

  Result<std::string> add(JobPtr job, ScheduleOptions options);
  Result<JobPtr> find(std::string_view reference) const;
  void arm(const JobPtr& job);
  void disarm(Job& job);
  void erase(const JobPtr& job);
  void fire(const JobPtr& job, std::uint64_t epoch);
  // Moves on to the next time; false: there is none.
  bool advance(Job& job);
  void forget_target(const Pid& target);

  Clock& clock_;
  Timers& timers_;
  std::atomic<std::size_t> count_{0};
  mutable std::mutex mutex_;  // guards everything below
  bool running_ = false;
  std::map<std::string, JobPtr, std::less<>> by_reference_;
  std::unordered_multimap<Pid, JobPtr> by_target_;
};

}  // namespace goakt::internal
