#pragma once

#include "goakt/actor/internal/admission.h"
#include "goakt/actor/internal/envelope_list.h"
#include "goakt/actor/mailbox.h"
#include "goakt/actor/passivation.h"
#include "goakt/actor/pid.h"
#include "goakt/actor/reentrancy.h"
#include "goakt/actor/supervisor.h"
#include "goakt/base/clock.h"
#include "goakt/base/result.h"
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

// Travels with a request; ends the wait when the request is dropped because its actor is gone.
class Waiter {
 public:
  explicit Waiter(CompletionPtr completion, std::optional<ErrorCode> when_gone = {})
      : completion_(std::move(completion)), when_gone_(when_gone) {}

  Waiter(Waiter&&) = default;
  Waiter& operator=(Waiter&&) = delete;

  ~Waiter() {
    if (completion_) completion_->finish(when_gone_ ? Status(fail(*when_gone_)) : Status());
  }

  // Somebody else ends the wait.
  CompletionPtr release() { return std::move(completion_); }

 private:
  CompletionPtr completion_;
  std::optional<ErrorCode> when_gone_;
};

// A start that is tried several times: rounds of GoAkt's tries of pre_start.
struct StartTries {
  bool in_place = false;  // by supervision: object and mailbox stay, the actor is suspended
  unsigned rounds = 1;
  Duration round_delay{};
  unsigned rounds_failed = 0;
  unsigned failed = 0;           // in this round
  TimePoint deadline{};          // of this round
  std::uint32_t timer = 0;       // id of the one that brings the next try
  bool awaits_children = false;  // pre_start has succeeded, the children start
};

// What only some actors need; made at the spawn or when first used, behind the cell's one pointer.
// Belongs to the runner, except where it says otherwise. Once its actor has stopped it is empty but
// stays readable until the cell is used again, for those who came a moment too late.
struct CellExtension {
  // Fixed at the spawn; any thread may read.
  std::shared_ptr<const Supervisor> supervisor;
  std::optional<Passivation> passivation;
  std::optional<Mailbox> mailbox;
  // The same, but given back at the end: other threads read under `shared_mutex`.
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
  bool rests = false;               // between the two halves of a restart; post_stop has run
  std::optional<StartTries> start;  // being started again
  std::uint32_t last_start_timer = 0;
  // Guarded by the lock of this actor's child list: children that have to end first, and the number
  // of that wait.
  std::size_t pending_children = 0;
  std::uint32_t stop_round = 0;
  // Guarded by the lock of the parent's child list: the wait in which this actor was counted.
  std::uint32_t counted_round = 0;

  // The actor whose reply holds back user messages, and the ask that waits for it: it counts while
  // that ask is open. Any thread may read, to find ask cycles.
  std::atomic<const Cell*> awaits{nullptr};
  std::atomic<std::uint64_t> awaits_origin{0};

  // Guards incarnation, the end of dependencies, and the last change of state; any thread.
  std::mutex shared_mutex;
  Uuid incarnation;
  WallTime state_since{};  // zero: as long as it has been up
  std::string state_reason;
};

}  // namespace goakt::internal
