#pragma once

#include "goakt/base/clock.h"
#include "goakt/base/export.h"
#include "goakt/base/problem.h"
#include "goakt/base/result.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace goakt::node {

enum class OperationState : std::uint8_t {
  pending,
  running,
  cancelling,
  succeeded,
  failed,
  partial,
  cancelled,
};

// "running".
GOAKT_API std::string_view to_string(OperationState state);
GOAKT_API bool is_over(OperationState state);

// An item of an operation that could not be done.
struct OperationFailure {
  std::string id;    // path or name of the item
  std::string kind;  // "actor", "message"
  Problem code = Problem::internal;
  std::string detail;
};

// What is known of an operation at one moment.
struct OperationStatus {
  std::string id;
  std::string type;    // "bench", "deadletter.replay"
  std::string target;  // what it works on
  std::string by;
  std::string request_id;
  OperationState state = OperationState::pending;
  std::string phase;
  WallTime created;
  std::optional<WallTime> started;
  std::optional<WallTime> finished;
  std::optional<WallTime> deadline;
  std::uint64_t total = 0;
  std::uint64_t done = 0;
  std::uint64_t failed = 0;
  std::uint64_t skipped = 0;
  std::vector<OperationFailure> failures;  // the first 100
  std::uint64_t failure_count = 0;
  std::string result;            // a JSON object; empty: none
  std::optional<Error> problem;  // why it failed as a whole
  std::uint64_t version = 0;     // grows with each change

  OperationStatus() = default;
  OperationStatus(const OperationStatus& other);
  OperationStatus& operator=(const OperationStatus&) = delete;
  OperationStatus(OperationStatus&&) = default;
  OperationStatus& operator=(OperationStatus&&) = default;
};

class Operations;

// One operation. The work reports through it from its own thread; any thread may look and cancel.
class GOAKT_API Operation {
 public:
  const std::string& id() const { return id_; }

  // -- for the work
  bool cancelled() const { return cancelled_.load(std::memory_order_acquire); }

  // Waits, at most so long, for somebody to cancel.
  bool cancelled_within(std::chrono::milliseconds time) const;
  void phase(std::string_view name);
  void expect(std::uint64_t total);
  void item_done(std::uint64_t count = 1);
  void item_skipped(std::uint64_t count = 1);
  void item_failed(OperationFailure failure);
  // A JSON object.
  void result(std::string json);
  // A file for whoever asks for it: type and bytes.
  void attach(std::string content_type, std::string bytes);

  // -- for those who look
  OperationStatus status() const;
  // Returns when its version is no longer that one, or after `wait`.
  OperationStatus changed_since(std::uint64_t version, std::chrono::milliseconds wait) const;
  std::vector<OperationFailure> failures(std::size_t from, std::size_t most) const;

  struct Attachment {
    std::string content_type;
    std::string bytes;
  };

  std::shared_ptr<const Attachment> attachment() const;

 private:
  friend class Operations;

  template <class Change>
  void change(Change change);

  std::string id_;
  std::atomic<bool> cancelled_{false};
  mutable std::mutex mutex_;  // guards all below
  mutable std::condition_variable changed_;
  OperationStatus status_;
  std::vector<OperationFailure> all_failures_;
  std::shared_ptr<const Attachment> attachment_;
};

using OperationPtr = std::shared_ptr<Operation>;

// Long work as something that can be looked at, waited for and cancelled from elsewhere. Each runs
// on a thread of its own; so many at once, the others wait. Kept when over: the last 1,000, for at
// most a day. Any thread.
class GOAKT_API Operations {
 public:
  static constexpr std::size_t kKept = 1'000;
  static constexpr std::chrono::hours kKeptFor{24};
  static constexpr std::size_t kAtOnce = 8;
  static constexpr std::size_t kMostWaiting = 64;
  static constexpr std::size_t kFailuresKept = 100'000;
  static constexpr std::size_t kFailuresShown = 100;

  // Told of every change of state.
  using Listener = std::function<void(const OperationStatus&)>;

  Operations(std::string owner_tag, Listener listener)
      : owner_tag_(std::move(owner_tag)), listener_(std::move(listener)) {}

  // Cancels what runs and waits for it.
  ~Operations();

  struct Spec {
    std::string type;
    std::string target;
    std::string by;
    std::string request_id;
    std::optional<std::chrono::milliseconds> deadline = {};
  };

  // A Status of the work that is an error makes it failed, unless somebody cancelled it.
  using Work = std::function<Status(Operation&)>;

  // Error: mailbox_full when too many wait.
  [[nodiscard]] Result<OperationPtr> start(Spec spec, Work work);
  // Null when there is none.
  OperationPtr find(std::string_view id) const;
  // Newest first.
  std::vector<OperationPtr> all() const;
  // False: it is over.
  bool cancel(Operation& operation);

  // Cancels all and waits until they are over: what their work uses is about to go.
  void drain();

  std::size_t running() const;

  struct Count {
    std::string type;
    std::string result;
    std::uint64_t count = 0;
  };

  // Those that are over, since the start.
  std::vector<Count> counts() const;

 private:
  struct Waiting {
    OperationPtr operation;
    Work work;
  };

  void run();
  void execute(Operation& operation, const Work& work);
  void finish(Operation& operation, const Status& outcome);
  void forget_old();

  const std::string owner_tag_;
  const Listener listener_;
  mutable std::mutex mutex_;  // guards all below
  std::condition_variable ended_;
  std::deque<OperationPtr> kept_;  // oldest first
  std::deque<Waiting> waiting_;
  std::vector<Count> counts_;
  std::size_t threads_ = 0;
  bool stopping_ = false;
};

}  // namespace goakt::node
