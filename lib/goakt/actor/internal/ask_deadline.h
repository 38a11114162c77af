#pragma once

#include "goakt/actor/internal/reply_slot.h"
#include "goakt/base/clock.h"

#include <chrono>
#include <cstdint>
#include <optional>

// When the asker of an open ask stops waiting, for the handler that wants to know. Kept beside the
// reply slots, one word each, so that an ask costs one store for it and no look at the clock where
// the target runs at once. Written by the asker before it sends; any thread may read.
namespace goakt::internal {

// `timeout` from now on; one that is as good as none stays within what the clock can tell.
TimePoint deadline_after(const Clock& clock, std::chrono::nanoseconds timeout);

void set_ask_deadline(const ReplySlot& slot, std::optional<TimePoint> deadline);
// Of an ask whose target the asker runs itself right now: counted from the first look.
void set_ask_timeout(const ReplySlot& slot, std::chrono::nanoseconds timeout);

// None when the asker waits for ever; now when it no longer waits.
std::optional<TimePoint> ask_deadline(std::uint64_t origin, const Clock& clock);

}  // namespace goakt::internal
