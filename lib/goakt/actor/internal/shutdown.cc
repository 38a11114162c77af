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

// `thrown` is set when the hook did not return.
Status execute(ShutdownHook& hook, ActorSystem& system, bool& thrown) {
  try {
    return hook.execute(system);
  } catch (...) {
    thrown = true;
    return unexpected(current_exception_error());
  }
}

}  // namespace

void Shutdown::add(Status status) {
  if (status) return;
  if (result_)
    result_ = std::move(status);
  else
    result_ = unexpected(std::move(result_).error().and_also(std::move(status).error()));
}

bool Shutdown::run(ShutdownHook& hook) {
  bool thrown = false;
  ShutdownRecovery recovery;
  try {
    recovery = hook.recovery();
  } catch (...) {
    add(unexpected(current_exception_error()));
    return false;
  }
  Status status = execute(hook, system_, thrown);
  if (retries(recovery.strategy))
    for (unsigned i = 0; !status && !thrown && i < recovery.max_retries; ++i) {
      clock_.sleep_for(recovery.retry_interval);
      status = execute(hook, system_, thrown);
    }
  const bool go_on = status || (!thrown && skips(recovery.strategy));
  add(std::move(status));
  return go_on;
}

void Shutdown::run(ShutdownPhase first, ShutdownPhase last) {
  for (auto phase = first; phase <= last;
       phase = static_cast<ShutdownPhase>(static_cast<std::uint8_t>(phase) + 1))
    for (const auto& hook : hooks_) {
      if (ended_) return;
      if (hook != nullptr && hook->phase() == phase) ended_ = !run(*hook);
    }
}

}  // namespace internal

}  // namespace goakt
