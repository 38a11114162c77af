#pragma once

#include "goakt/actor/internal/admission.h"
#include "goakt/actor/internal/envelope_list.h"
#include "goakt/actor/mailbox.h"
#include "goakt/actor/passivation.h"
#include "goakt/actor/pid.h"
#include "goakt/actor/reentrancy.h"
#include "goakt/actor/supervisor.h"
#include "goakt/base/clock.h"
#include "goakt/base/uuid.h"
#include "goakt/message/envelope.h"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace goakt {
class Actor;
class Dependency;
struct Behaviour;
}  // namespace goakt

namespace goakt::internal {

struct AsyncReceive;
struct Cell;
struct RequestRecord;

// Why an actor is being stopped.
enum class StopMode : std::uint8_t {
  stop,
  passivate,  // the same under another event
  restart,    // starts again when it has stopped
  halt,       // stops, and waits for its parent to start it again
};

// Told when a stop or restart has ended; the last owner's going away counts as ended too.
class Completion {
 public:
  void finish(Status status);
  // Error: request_timeout.
  Status wait(std::chrono::nanoseconds timeout);
  bool done() const;

 private:
  mutable std::mutex mutex_;  // guards the two below
  std::condition_variable changed_;
  std::optional<Error> error_;
  bool done_ = false;
};

using CompletionPtr = std::shared_ptr<Completion>;

// What only some actors need; made at the spawn or when first used, behind the cell's one pointer.
// Belongs to the runner, except where it says otherwise. Once its actor has stopped it is empty but
// stays readable until the cell is used again, for those who came a moment too late.
struct CellExtension {
  // Fixed at the spawn; any thread may read.
  std::shared_ptr<const Supervisor> supervisor;
  std::optional<Passivation> passivation;
  std::optional<Mailbox> mailbox;
  std::vector<std::shared_ptr<Dependency>> dependencies;
  std::string role;
  std::optional<Duration> init_timeout;
  std::function<std::unique_ptr<Actor>()> factory;
  bool stashing = false;

  std::unique_ptr<MailboxQueue> queue;   // null: the cell's own list
  std::shared_ptr<Admission> admission;  // bounded mailboxes; any thread
  bool above_soft_limit = false;         // has been reported

  const Behaviour* original = nullptr;  // behaviours below the current one, oldest first
  std::vector<const Behaviour*> behaviours;
  EnvelopeList stash;
  std::atomic<std::uint32_t> stash_size{0};  // any thread may read

  std::vector<Pid> watchers;
  std::vector<Pid> watched;

  std::optional<Reentrancy> reentrancy;
  AsyncReceive* async = nullptr;      // coroutine handlers under way
  RequestRecord* requests = nullptr;  // open ones
  std::uint32_t requests_in_flight = 0;
  std::uint32_t awaiting = 0;  // coroutines and requests that hold back user messages

  std::uint64_t count_base = 0;  // processed when count-based passivation began
  std::uint32_t faults = 0;      // in a row, for the restart budget
  TimePoint last_fault{};

  // Stop and restart under way.
  std::vector<CompletionPtr> completions;
  std::optional<Error> stop_error;
  StopMode stop_mode = StopMode::stop;
  std::atomic<std::uint32_t> pending_children{0};  // that still have to stop; any thread

  // The actor whose reply holds back user messages, and the ask that waits for it: it counts while
  // that ask is open. Any thread may read, to find ask cycles.
  std::atomic<const Cell*> awaits{nullptr};
  std::atomic<std::uint64_t> awaits_origin{0};

  std::mutex incarnation_mutex;  // guards incarnation; any thread
  Uuid incarnation;
};

}  // namespace goakt::internal
