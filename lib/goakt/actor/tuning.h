#pragma once

#include "goakt/base/export.h"

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace goakt {

class ActorSystem;

// Options of a system that may change later. Any thread.

// SystemOptions::stall_warning, from the next look at the workers on.
GOAKT_API void set_stall_warning(ActorSystem& system, std::chrono::milliseconds limit);
// SystemOptions::mailbox_soft_limit, at each actor's next turn.
GOAKT_API void set_mailbox_soft_limit(ActorSystem& system, std::uint64_t limit);

// Threads for the runtime's own actors; one unless said otherwise. Before start() only.
GOAKT_API void set_system_threads(ActorSystem& system, std::size_t threads);

}  // namespace goakt
