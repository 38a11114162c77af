#include "goakt/actor/internal/timers.h"

#include <pthread.h>

namespace goakt::internal {

void Timers::start() {
  thread_ = std::thread([this] { run(); });
  pthread_setname_np(thread_.native_handle(), "goakt-timers");
}

void Timers::stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    queue_.clear();
    due_.clear();
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

Timers::Id Timers::at(TimePoint due, std::function<void()> function) {
  std::lock_guard lock(mutex_);
  if (stopping_) return 0;
  const Id id = next_id_++;
  const auto position = queue_.emplace(std::pair(due, id), std::move(function)).first;
  due_.emplace(id, due);
  if (position == queue_.begin()) changed_.notify_one();
  return id;
}

bool Timers::cancel(Id id) {
  std::lock_guard lock(mutex_);
  const auto it = due_.find(id);
  if (it == due_.end()) return false;
  queue_.erase({it->second, id});
  due_.erase(it);
  return true;
}

std::size_t Timers::fire_due() {
  std::size_t fired = 0;
  for (;;) {
    std::function<void()> function;
    {
      std::lock_guard lock(mutex_);
      if (queue_.empty() || queue_.begin()->first.first > clock_.now()) return fired;
      function = std::move(queue_.begin()->second);
      due_.erase(queue_.begin()->first.second);
      queue_.erase(queue_.begin());
    }
    function();
    ++fired;
  }
}

std::size_t Timers::pending() const {
  std::lock_guard lock(mutex_);
  return queue_.size();
}

void Timers::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (queue_.empty()) {
      changed_.wait(lock);
      continue;
    }
    const auto left = queue_.begin()->first.first - clock_.now();
    if (left.count() > 0) {
      changed_.wait_for(lock, left);
      continue;
    }
    lock.unlock();
    fire_due();
    lock.lock();
  }
}

}  // namespace goakt::internal
