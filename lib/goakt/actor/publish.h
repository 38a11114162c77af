#pragma once

#include "goakt/actor/event_stream.h"
#include "goakt/base/export.h"

namespace goakt {

class ActorSystem;

// An event of those who run the system, for whoever listens to it: members that come and go. Any
// thread; nothing happens once the system has stopped.
GOAKT_API void publish(ActorSystem& system, Event event);

}  // namespace goakt
