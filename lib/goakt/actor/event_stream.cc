#include "goakt/actor/event_stream.h"

#include "goakt/base/uuid.h"

#include <algorithm>

namespace goakt {

Subscriber::Subscriber(std::size_t capacity, std::function<bool(const Event&)> filter)
    : id_(Uuid::random().to_string()), capacity_(capacity), filter_(std::move(filter)) {}

void Subscriber::push(const Event& event) {
  if (!active() || (filter_ && !filter_(event))) return;
  {
    std::lock_guard lock(mutex_);
    if (queue_.size() >= capacity_) {
      queue_.pop_front();
      dropped_.fetch_add(1, std::memory_order_relaxed);
    }
    queue_.push_back(event);
  }
  arrived_.notify_one();
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
  if (queue_.empty() && timeout.count() > 0)
    arrived_.wait_for(lock, timeout, [&] { return !queue_.empty() || !active(); });
  if (queue_.empty()) return std::nullopt;
  Event event = std::move(queue_.front());
  queue_.pop_front();
  return event;
}

std::vector<Event> Subscriber::drain() {
  std::lock_guard lock(mutex_);
  std::vector<Event> events(std::make_move_iterator(queue_.begin()),
                            std::make_move_iterator(queue_.end()));
  queue_.clear();
  return events;
}

std::shared_ptr<Subscriber> EventStream::subscribe(std::size_t capacity,
                                                   std::function<bool(const Event&)> filter) {
  auto subscriber =
      std::make_shared<Subscriber>(std::max<std::size_t>(capacity, 1), std::move(filter));
  std::lock_guard lock(mutex_);
  subscribers_.push_back(subscriber);
  count_.store(subscribers_.size(), std::memory_order_relaxed);
  return subscriber;
}

void EventStream::unsubscribe(const Subscriber& subscriber) {
  std::lock_guard lock(mutex_);
  std::erase_if(subscribers_, [&](const auto& s) { return s.get() == &subscriber; });
  count_.store(subscribers_.size(), std::memory_order_relaxed);
}

void EventStream::publish(const Event& event) {
  std::vector<std::shared_ptr<Subscriber>> listeners;
  {
    std::lock_guard lock(mutex_);
    listeners = subscribers_;
  }
  for (const auto& listener : listeners) listener->push(event);
}

void EventStream::close() {
  std::lock_guard lock(mutex_);
  for (const auto& subscriber : subscribers_) subscriber->shutdown();
  subscribers_.clear();
  count_.store(0, std::memory_order_relaxed);
}

}  // namespace goakt
