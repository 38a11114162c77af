#include "goakt/actor/event_stream.h"

#include "goakt/base/uuid.h"

#include <algorithm>
#include <array>

namespace goakt {

std::string_view event_name(const Event& event) {
  static constexpr std::array<std::string_view, std::variant_size_v<Event>> kNames = {
      "ActorStarted",      "ActorStopped",      "ActorPassivated", "ActorRestarted",
      "ActorReinstated",   "ActorChildCreated", "ActorSuspended",  "Deadletter",
      "ActorWarning",      "NodeJoined",        "NodeLeft",        "LeaderChanged",
      "RelocationStarted", "RelocationFailed"};
  return kNames[event.index()];
}

// -- Subscriber
// --------------------------------------------------------------------------------------

Subscriber::Subscriber(SubscribeOptions options)
    : id_(Uuid::random().to_string()), options_(std::move(options)) {}

bool Subscriber::wants(const Event& event) const {
  return active() && (!options_.filter || options_.filter(event));
}

bool Subscriber::push(const Shared& event) {
  bool call;
  {
    std::lock_guard lock(mutex_);
    if (queue_.size() >= std::max<std::size_t>(options_.capacity, 1)) {
      queue_.pop_front();
      dropped_.fetch_add(1, std::memory_order_relaxed);
    }
    queue_.push_back(event);
    call = options_.callback && !std::exchange(calling_, true);
  }
  arrived_.notify_one();
  return call;
}

void Subscriber::call_back() {
  for (;;) {
    Shared event;
    {
      std::lock_guard lock(mutex_);
      if (!active()) queue_.clear();
      if (queue_.empty()) {
        calling_ = false;
        return;
      }
      event = std::move(queue_.front());
      queue_.pop_front();
    }
    try {
      options_.callback(*event);
    } catch (...) {  // a listener's trouble is not the system's
    }
  }
}

void Subscriber::shutdown() {
  {
    std::lock_guard lock(mutex_);
    active_.store(false, std::memory_order_release);
  }
  arrived_.notify_all();
}

std::optional<Event> Subscriber::next(std::chrono::nanoseconds timeout) {
  std::unique_lock lock(mutex_);
  if (options_.callback) return std::nullopt;
  if (queue_.empty() && timeout.count() > 0)
    arrived_.wait_for(lock, timeout, [&] { return !queue_.empty() || !active(); });
  if (queue_.empty()) return std::nullopt;
  const Shared event = std::move(queue_.front());
  queue_.pop_front();
  lock.unlock();
  return *event;
}

std::vector<Event> Subscriber::drain() {
  std::deque<Shared> taken;
  {
    std::lock_guard lock(mutex_);
    if (!options_.callback) taken.swap(queue_);
  }
  std::vector<Event> events;
  events.reserve(taken.size());
  for (const Shared& event : taken) events.push_back(*event);
  return events;
}

// -- EventStream
// -------------------------------------------------------------------------------------

std::shared_ptr<Subscriber> EventStream::subscribe(SubscribeOptions options) {
  auto subscriber = std::make_shared<Subscriber>(std::move(options));
  std::lock_guard lock(mutex_);
  if (closed_) {
    subscriber->shutdown();
    return subscriber;
  }
  Subscribers all = *subscribers_;
  all.push_back(subscriber);
  replace(std::move(all));
  return subscriber;
}

void EventStream::unsubscribe(const Subscriber& subscriber) {
  std::lock_guard lock(mutex_);
  Subscribers all = *subscribers_;
  const auto it =
      std::find_if(all.begin(), all.end(), [&](const auto& s) { return s.get() == &subscriber; });
  if (it == all.end()) return;
  (*it)->shutdown();
  all.erase(it);
  replace(std::move(all));
}

void EventStream::replace(Subscribers subscribers) {
  count_.store(subscribers.size(), std::memory_order_relaxed);
  subscribers_ = std::make_shared<const Subscribers>(std::move(subscribers));
}

void EventStream::publish(Event event) {
  std::shared_ptr<const Subscribers> listeners;
  {
    std::lock_guard lock(mutex_);
    listeners = subscribers_;
  }
  Subscriber::Shared shared;  // made for the first who wants it
  for (const auto& listener : *listeners) {
    if (!listener->wants(shared ? *shared : event)) continue;
    if (!shared) shared = std::make_shared<const Event>(std::move(event));
    if (listener->push(shared) && executor_) executor_([listener] { listener->call_back(); });
  }
}

void EventStream::close() {
  std::shared_ptr<const Subscribers> listeners;
  {
    std::lock_guard lock(mutex_);
    closed_ = true;
    listeners = subscribers_;
    replace({});
  }
  for (const auto& listener : *listeners) {
    if (listener->options_.callback) listener->call_back();
    listener->shutdown();
  }
}

}  // namespace goakt
