#pragma once

#include "goakt/actor/event_stream.h"
#include "goakt/actor/passivation.h"
#include "goakt/actor/pid.h"
#include "goakt/actor/reentrancy.h"
#include "goakt/base/clock.h"
#include "goakt/base/export.h"
#include "goakt/base/result.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace goakt {

class Supervisor;

// How an actor is run, for tools. Read without stopping it: nothing here costs its messages.
struct ActorFacts {
  Passivation passivation = Passivation::long_lived();
  bool passivation_paused = false;
  bool stashing = false;
  std::uint32_t stash_size = 0;
  std::shared_ptr<const Supervisor> supervisor;  // null: the system's default
  std::string role;
  std::string mailbox;  // its constructor's name; empty: the default
  std::optional<Reentrancy> reentrancy;
  std::vector<std::string> dependencies;  // their ids
  bool singleton = false;
  WallTime state_since{};    // of running and suspended actors
  std::string state_reason;  // why it is suspended
};

// Error: dead.
[[nodiscard]] GOAKT_API Result<ActorFacts> inspect(const Pid& pid);

// Milliseconds since the system's start of the actor's last message, coarse; for samplers that
// skip those who did nothing.
GOAKT_API std::uint32_t last_activity_ms(const Pid& pid);
// The same clock, now.
GOAKT_API std::uint32_t activity_clock_ms(const ActorSystem& system);

// The first `limit` children in no particular order; `total` is how many there are. For parents of
// a million, of which Pid::children would copy all.
GOAKT_API std::vector<Pid> some_children(const Pid& parent, std::size_t limit, std::size_t& total);

// Stops the actor as its passivation would, and waits. Errors: dead, shutdown_forbidden.
[[nodiscard]] GOAKT_API Status
passivate_blocking(const Pid& pid, std::chrono::nanoseconds timeout = std::chrono::minutes(1));

// Sends again those kept dead letters that `chosen` picks, as ActorSystem::replay_dead_letters
// does: to receivers that are there now. What cannot be sent stays kept. `done` hears of each.
GOAKT_API void replay_dead_letters_if(
    ActorSystem& system, const std::function<bool(const Deadletter&)>& chosen,
    const std::function<void(const Deadletter&, const Status&)>& done);

// The way to the runtime's own threads and back. Errors: dead when the system does not run,
// request_timeout.
[[nodiscard]] GOAKT_API Result<std::chrono::nanoseconds> ping(ActorSystem& system,
                                                              std::chrono::nanoseconds timeout);

// How busy the threads that run actors are.
struct DispatcherFacts {
  std::size_t workers = 0;
  std::size_t busy = 0;  // at this moment
  std::uint64_t turns = 0;
  std::uint64_t steals = 0;
  std::size_t ready = 0;  // actors that wait for a thread, at this moment
};

GOAKT_API DispatcherFacts inspect_dispatcher(const ActorSystem& system);

// All dead letters so far by a few causes, the same for every system: "dead", "unhandled", ... and
// "refused" for what a handler said itself.
struct DeadletterCount {
  std::string_view cause;
  std::uint64_t count = 0;
};

GOAKT_API std::vector<DeadletterCount> dead_letters_by_cause(const ActorSystem& system);

}  // namespace goakt
