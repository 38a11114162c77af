#include "goakt/admin/worker_pool.h"

#include <thread>

namespace goakt::admin {

WorkerPool::~WorkerPool() {
  shutdown();
}

void WorkerPool::submit(std::function<void()> task) {
  std::lock_guard lock(mutex_);
  if (stopping_) return;
  tasks_.push_back(std::move(task));
  if (idle_ >= tasks_.size() || threads_ >= limit_) {
    work_.notify_one();
    return;
  }
  ++threads_;
  // Detached, because threads end in any order; shutdown waits for the count.
  std::thread([this] { run(); }).detach();
}

void WorkerPool::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    if (tasks_.empty() && !stopping_) {
      ++idle_;
      work_.wait_for(lock, kIdle, [this] { return stopping_ || !tasks_.empty(); });
      --idle_;
    }
    if (tasks_.empty()) break;  // idle for too long, or stopping
    auto task = std::move(tasks_.front());
    tasks_.pop_front();
    lock.unlock();
    task();
    task = nullptr;
    lock.lock();
  }
  --threads_;
  if (threads_ == 0) gone_.notify_all();
}

void WorkerPool::shutdown() {
  std::unique_lock lock(mutex_);
  stopping_ = true;
  work_.notify_all();
  gone_.wait(lock, [this] { return threads_ == 0; });
}

std::size_t WorkerPool::threads() const {
  std::lock_guard lock(mutex_);
  return threads_;
}

}  // namespace goakt::admin
