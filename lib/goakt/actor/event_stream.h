#pragma once

#include "goakt/base/clock.h"
#include "goakt/base/export.h"
#include "goakt/message/envelope.h"

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
#include <utility>
#include <variant>
#include <vector>

namespace goakt {

// What happens in a system, for whoever listens (GoAkt's topic.events).
struct ActorStarted {
  std::string actor_path;
  WallTime started_at;
};

struct ActorStopped {
  std::string actor_path;
  WallTime stopped_at;
};

struct ActorPassivated {
  std::string actor_path;
  WallTime passivated_at;
};

struct ActorRestarted {
  std::string actor_path;
  WallTime restarted_at;
};

struct ActorReinstated {
  std::string actor_path;
  WallTime reinstated_at;
};

struct ActorChildCreated {
  std::string actor_path;
  std::string parent;
  WallTime created_at;
};

struct ActorSuspended {
  std::string actor_path;
  WallTime suspended_at;
  std::string reason;
};

// A message that nobody handled. The message is shared by all listeners.
struct Deadletter {
  std::string sender;
  std::string receiver;
  std::shared_ptr<const Message> message;  // NoMessage when only its type is still known
  std::string type;
  WallTime send_time;
  std::string reason;
};

// A mailbox above the soft limit, or a turn that takes too long.
struct ActorWarning {
  std::string actor_path;
  WallTime at;
  std::string reason;
};

struct NodeJoined {
  std::string address;
  WallTime timestamp;
};

struct NodeLeft {
  std::string address;
  WallTime timestamp;
};

// Empty: there is none.
struct LeaderChanged {
  std::string address;
  WallTime timestamp;
};

// The actors and grains of a node that left begin to move.
struct RelocationStarted {
  std::string address;
  WallTime timestamp;
  std::uint64_t actors = 0;
  std::uint64_t grains = 0;
  bool best_effort = false;
};

struct RelocationFailed {
  std::string address;
  WallTime timestamp;
  std::uint64_t actors = 0;
  std::uint64_t grains = 0;
  std::string error;
};

using Event =
    std::variant<ActorStarted, ActorStopped, ActorPassivated, ActorRestarted, ActorReinstated,
                 ActorChildCreated, ActorSuspended, Deadletter, ActorWarning, NodeJoined, NodeLeft,
                 LeaderChanged, RelocationStarted, RelocationFailed>;

// "ActorStarted", ...: the event's type.
GOAKT_API std::string_view event_name(const Event& event);

using EventFilter = std::function<bool(const Event&)>;

// A filter that lets these types through: only_events<Deadletter, ActorSuspended>().
template <class... Types>
EventFilter only_events() {
  return [](const Event& event) { return (std::holds_alternative<Types>(event) || ...); };
}

class EventStream;

struct SubscribeOptions {
  std::size_t capacity = 8'192;
  // Called by whoever publishes: short, and without locks of one's own.
  EventFilter filter = {};
  // Gets each event, one after the other, on a thread of the runtime's that may block; never on the
  // one that publishes. With it, next() and drain() find nothing.
  std::function<void(const Event&)> callback = {};
};

// One listener's queue: bounded, drops the oldest and counts. Any thread.
class GOAKT_API Subscriber : public std::enable_shared_from_this<Subscriber> {
 public:
  explicit Subscriber(SubscribeOptions options);

  const std::string& id() const { return id_; }

  bool active() const { return active_.load(std::memory_order_acquire); }

  // No more events come; those that wait can still be taken.
  void shutdown();
  // The next event, or none within the time (zero: do not wait) or after shutdown.
  std::optional<Event> next(std::chrono::nanoseconds timeout = {});
  // Everything queued.
  std::vector<Event> drain();

  std::uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

 private:
  friend class EventStream;
  using Shared = std::shared_ptr<const Event>;

  // True: there are events now, and nobody is calling the callback.
  bool push(const Shared& event);
  bool wants(const Event& event) const;
  void call_back();

  const std::string id_;
  const SubscribeOptions options_;
  std::atomic<bool> active_{true};
  std::atomic<std::uint64_t> dropped_{0};
  std::mutex mutex_;  // guards everything below
  std::condition_variable arrived_;
  std::deque<Shared> queue_;
  bool calling_ = false;
};

// Fans events out to subscribers; never blocks a publisher, costs one load without subscribers.
// Thread-safe.
class GOAKT_API EventStream {
 public:
  // Runs a function on another thread, later.
  using Executor = std::function<void(std::function<void()>)>;

  EventStream() = default;

  explicit EventStream(Executor executor) : executor_(std::move(executor)) {}

  std::shared_ptr<Subscriber> subscribe(SubscribeOptions options = {});
  // A callback that runs just now ends; no other begins.
  void unsubscribe(const Subscriber& subscriber);

  bool has_subscribers() const { return count_.load(std::memory_order_relaxed) != 0; }

  std::size_t subscribers_count() const { return count_.load(std::memory_order_relaxed); }

  void publish(Event event);
  // Ends all subscribers. What waits for callbacks is delivered by the calling thread; the
  // executor must have come to rest.
  void close();

 private:
  using Subscribers = std::vector<std::shared_ptr<Subscriber>>;

  void replace(Subscribers subscribers);

  const Executor executor_;
  std::atomic<std::size_t> count_{0};
  std::mutex mutex_;  // guards both
  std::shared_ptr<const Subscribers> subscribers_ = std::make_shared<const Subscribers>();
  bool closed_ = false;
};

}  // namespace goakt
