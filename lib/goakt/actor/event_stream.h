#pragma once

#include "goakt/base/clock.h"
#include "goakt/base/export.h"
#include "goakt/message/envelope.h"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
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

using Event =
    std::variant<ActorStarted, ActorStopped, ActorPassivated, ActorRestarted, ActorReinstated,
                 ActorChildCreated, ActorSuspended, Deadletter, ActorWarning>;

// One listener's queue: bounded, drops the oldest and counts. Any thread.
class GOAKT_API Subscriber {
 public:
  explicit Subscriber(std::size_t capacity, std::function<bool(const Event&)> filter);

  const std::string& id() const { return id_; }

  bool active() const { return active_.load(std::memory_order_acquire); }

  void shutdown();
  // The next event, or none within the time (zero: do not wait) or after shutdown.
  std::optional<Event> next(std::chrono::nanoseconds timeout = {});
  // Everything queued.
  std::vector<Event> drain();

  std::uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

 private:
  friend class EventStream;
  void push(const Event& event);

  const std::string id_;
  const std::size_t capacity_;
  const std::function<bool(const Event&)> filter_;
  std::atomic<bool> active_{true};
  std::atomic<std::uint64_t> dropped_{0};
  std::mutex mutex_;  // guards queue_
  std::condition_variable arrived_;
  std::deque<Event> queue_;
};

// Fans events out to subscribers; never blocks a publisher, costs one load without subscribers.
class GOAKT_API EventStream {
 public:
  static constexpr std::size_t kDefaultCapacity = 8'192;

  std::shared_ptr<Subscriber> subscribe(std::size_t capacity = kDefaultCapacity,
                                        std::function<bool(const Event&)> filter = {});
  void unsubscribe(const Subscriber& subscriber);

  bool has_subscribers() const { return count_.load(std::memory_order_relaxed) != 0; }

  std::size_t subscribers_count() const { return count_.load(std::memory_order_relaxed); }

  void publish(const Event& event);
  // Ends all subscribers.
  void close();

 private:
  std::atomic<std::size_t> count_{0};
  std::mutex mutex_;  // guards subscribers_
  std::vector<std::shared_ptr<Subscriber>> subscribers_;
};

}  // namespace goakt
