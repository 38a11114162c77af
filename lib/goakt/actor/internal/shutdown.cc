#include "goakt/actor/internal/shutdown.h"

#include "goakt/actor/internal/system.h"

#include <utility>

namespace goakt {

ShutdownHook::~ShutdownHook() = default;

namespace internal {

namespace {

using Strategy = ShutdownRecovery::Strategy;

bool retries(Strategy strategy) {
  return strategy == Strategy::should_retry_and_fail || strategy == Strategy::should_retry_and_skip;
}

bool skips(Strategy strategy) {
  return strategy == Strategy::should_skip || strategy == Strategy::should_retry_and_skip;
}

}  // namespace

HookRun::HookRun(std::shared_ptr<ShutdownHook> hook, const System& system)
    : hook_(std::move(hook)),
      system_(*system.facade),
      clock_owner_(system.clock_owner),
      clock_(system.clock) {}

bool HookRun::attempt() {
  try {
    status_ = hook_->execute(system_);
    return true;
  } catch (...) {
    status_ = unexpected(current_exception_error());
    return false;
  }
}

void HookRun::execute() {
  try {
    const ShutdownRecovery recovery = hook_->recovery();
    bool returned = attempt();
    if (retries(recovery.strategy))
      for (unsigned i = 0; returned && !status_ && i < recovery.max_retries; ++i) {
        clock_.sleep_for(recovery.retry_interval);
        if (given_up_.load(std::memory_order_relaxed)) break;
        returned = attempt();
      }
    goes_on_ = returned && (status_ || skips(recovery.strategy));
  } catch (...) {
    status_ = unexpected(current_exception_error());
  }
  std::lock_guard lock(mutex_);
  done_ = true;
  changed_.notify_all();
}

void HookRun::begin(const std::shared_ptr<HookRun>& run) {
  run->thread_ = std::thread([run] { run->execute(); });
}

bool HookRun::wait(Duration timeout) {
  {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, timeout, [this] { return done_; })) return false;
  }
  thread_.join();
  return true;
}

void Shutdown::add(Status status) {
  if (status) return;
  if (result_)
    result_ = std::move(status);
  else
    result_ = unexpected(std::move(result_).error().and_also(std::move(status).error()));
}

bool Shutdown::run(const std::shared_ptr<ShutdownHook>& hook, TimePoint deadline) {
  auto run = std::make_shared<HookRun>(hook, system_);
  if (system_.dispatcher.seeded()) {
    run->execute();  // everything on one thread, and time stands still
  } else {
    HookRun::begin(run);
    if (!run->wait(deadline - system_.clock.now())) {
      run->give_up();
      system_.hanging_hook = std::move(run);
      add(unexpected(Error(ErrorCode::request_timeout)
                         .while_doing("stopping the actor system: a shutdown hook has not returned")
                         .with_hint("the hooks behind it were skipped; raise the shutdown timeout, "
                                    "or let the hook give up earlier")));
      return false;
    }
  }
  add(run->take_status());
  return run->goes_on();
}

void Shutdown::run(ShutdownPhase first, ShutdownPhase last, TimePoint deadline) {
  for (auto phase = first; phase <= last;
       phase = static_cast<ShutdownPhase>(static_cast<std::uint8_t>(phase) + 1))
    for (const auto& hook : system_.options.shutdown_hooks) {
      if (ended_) return;
      if (hook != nullptr && hook->phase() == phase) ended_ = !run(hook, deadline);
    }
}

}  // namespace internal

}  // namespace goakt
