#include "goakt/actor/tuning.h"

#include "goakt/actor/internal/system.h"

namespace goakt {

void set_stall_warning(ActorSystem& system, std::chrono::milliseconds limit) {
  system.internals().watchdog.set_limit(limit);
}

void set_mailbox_soft_limit(ActorSystem& system, std::uint64_t limit) {
  system.internals().mailbox_soft_limit.store(static_cast<std::int64_t>(limit),
                                              std::memory_order_relaxed);
}

void set_system_threads(ActorSystem& system, std::size_t threads) {
  system.internals().dispatcher.set_system_threads(threads);
}

}  // namespace goakt
