#pragma once

#include "goakt/actor/pid.h"
#include "goakt/base/cron.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace goakt {

// How a message is sent later, or again and again (ActorSystem::schedule...).
struct ScheduleOptions {
  // In whose name; nobody's when left out.
  Pid sender = {};
  // By which it is cancelled, paused and resumed; a UUID when left out.
  std::optional<std::string> reference = {};
  // Of a cron expression.
  Zone zone = Zone::local;
};

// A schedule that will still fire.
struct ScheduleInfo {
  enum class Kind : std::uint8_t { once, interval, cron };

  std::string reference;
  std::string target;  // path
  Kind kind = Kind::once;
  bool paused = false;
  // Until it fires next; of a paused one-shot: what is left.
  std::chrono::nanoseconds due_in{0};
  std::chrono::nanoseconds interval{0};  // 0 if not of this kind
  std::string cron = {};                 // empty if not of this kind
};

}  // namespace goakt
