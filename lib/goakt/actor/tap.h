#pragma once

#include "goakt/actor/pid.h"
#include "goakt/base/clock.h"
#include "goakt/base/export.h"
#include "goakt/base/result.h"
#include "goakt/message/envelope.h"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace goakt {

namespace internal {
struct TappedTable;
}

// One message that an actor has handled while it was listened to.
struct TappedMessage {
  WallTime time;
  std::string type;
  std::string sender;                // its path; empty: nobody's
  std::chrono::nanoseconds took{0};  // of a coroutine: until it first waits
  bool threw = false;
  Message body;  // a copy; empty unless asked for and possible
};

// Listens to what one actor handles, for as long as this object lives. Costs other actors nothing
// and this one nothing when it is gone: in the actor's own turn, its table of handlers is exchanged
// for one whose handlers take notes and call the real ones.
//
// Bounded: notes that nobody has taken yet are dropped, the oldest first, and counted. What the
// actor handles by a table that it takes on later (become) is not heard. Any thread.
class GOAKT_API Tap {
 public:
  struct Options {
    std::size_t kept = 1'024;
    bool bodies = false;
  };

  // Errors: dead; shutdown_forbidden for system actors; invalid_instance for one without a list of
  // handlers (it overrides receive()); actor_already_exists when somebody listens already.
  [[nodiscard]] static Result<std::unique_ptr<Tap>> open(const Pid& pid, Options options);
  // The actor has its own table again after its next turn.
  ~Tap();

  // What has been noted since the last call; waits for the first note.
  std::vector<TappedMessage> take(std::chrono::milliseconds wait);
  std::uint64_t dropped() const;

 private:
  explicit Tap(const Pid& pid) : pid_(pid) {}

  const Pid pid_;
  std::shared_ptr<internal::TappedTable> table_;
};

}  // namespace goakt
