#pragma once

#include "goakt/actor/system.h"
#include "goakt/base/log.h"

#include <memory>
#include <thread>

namespace goakt::daemon {

// Writes what happens to actors into the log: suspensions, warnings and restarts always, starts and
// stops on level debug, whenever that is the level of the logger `actor`. From a thread of its own,
// so that no actor waits for a log.
class EventLogger {
 public:
  EventLogger(ActorSystem& system, const Logger& log);
  ~EventLogger();

 private:
  ActorSystem& system_;
  Logger log_;
  std::shared_ptr<Subscriber> events_;
  std::thread thread_;
};

}  // namespace goakt::daemon
