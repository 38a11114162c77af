#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>

namespace goakt::admin {

// Threads on demand: one is started when a task finds none idle, up to a limit, and ends after two
// idle seconds, so a node that nobody asks keeps none. Beyond the limit tasks wait in order.
class WorkerPool {
 public:
  explicit WorkerPool(std::size_t limit) : limit_(limit) {}

  ~WorkerPool();

  void submit(std::function<void()> task);
  // Takes no more tasks, finishes those it has, ends all threads. Once.
  void shutdown();

  std::size_t threads() const;

 private:
  void run();

  static constexpr std::chrono::seconds kIdle{2};

  const std::size_t limit_;
  mutable std::mutex mutex_;  // guards all below
  std::condition_variable work_;
  std::condition_variable gone_;
  std::deque<std::function<void()>> tasks_;
  std::size_t threads_ = 0;
  std::size_t idle_ = 0;
  bool stopping_ = false;
};

}  // namespace goakt::admin
