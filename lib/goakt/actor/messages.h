#pragma once

#include "goakt/base/clock.h"
#include "goakt/message/envelope.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace goakt {

// The runtime's public messages, GoAkt's actor/messages.go. Those that say kControl overtake all
// user messages in a mailbox.

// The first user message of an actor, after every successful start.
struct PostStart {};

// Stop now, ahead of everything queued.
struct PoisonPill {
  static constexpr bool kControl = true;
};

// A watched actor, or a child that stopped by itself, is gone.
struct Terminated {
  static constexpr bool kControl = true;
  std::string path;
  WallTime terminated_at;
};

// A child's failure that its supervisor escalates; the child stays suspended until somebody
// reinstates, restarts or stops it.
struct PanicSignal {
  static constexpr bool kControl = true;
  Message message;  // what the child was handling, if it is still known
  std::string reason;
  WallTime timestamp;
};

struct PausePassivation {
  static constexpr bool kControl = true;
};

struct ResumePassivation {
  static constexpr bool kControl = true;
};

// Stands in dead letters for work that produced no message.
struct NoMessage {};

// What a handler that returns an empty Result answers to an ask.
struct Ack {};

}  // namespace goakt
