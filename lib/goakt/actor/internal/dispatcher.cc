#include "goakt/actor/internal/dispatcher.h"

#include "goakt/base/random.h"

#include <chrono>
#include <pthread.h>

namespace goakt::internal {

Dispatcher::Dispatcher(const Options& options)
    : seeded_(options.seed.has_value()),
      random_(options.seed.value_or(0)),
      normal_(std::make_unique<WorkerPool>(options.workers, true)),
      system_(std::make_unique<WorkerPool>(1, false)),
      blocking_(options.blocking_threads) {}

void Dispatcher::set_system_threads(std::size_t threads) {
  if (threads != system_->size()) system_ = std::make_unique<WorkerPool>(threads, false);
}

void Dispatcher::start() {
  if (seeded_) return;
  normal_->start();
  system_->start();
}

bool Dispatcher::stop(std::chrono::steady_clock::time_point deadline) {
  bool ended = blocking_.stop(deadline);
  ended = normal_->stop(deadline) && ended;
  return system_->stop(deadline) && ended;
}

void Dispatcher::schedule_specially(Cell& cell) {
  if (seeded_) {
    std::lock_guard lock(ready_mutex_);
    ready_.push_back(&cell);
    return;
  }
  if (cell.has(kSystemPool))
    system_->schedule(cell);
  else
    blocking_.schedule(cell);
}

void Dispatcher::submit(std::function<void()> task) {
  if (!seeded_) return blocking_.submit(std::move(task));
  std::lock_guard lock(ready_mutex_);
  ready_tasks_.push_back(std::move(task));
}

bool Dispatcher::run_one() {
  Cell* cell = nullptr;
  std::function<void()> task;
  {
    std::lock_guard lock(ready_mutex_);
    const std::size_t choices = ready_.size() + (ready_tasks_.empty() ? 0 : 1);
    if (choices == 0) return false;
    const std::size_t choice = random_.below(choices);
    if (choice == ready_.size()) {
      task = std::move(ready_tasks_.front());
      ready_tasks_.pop_front();
    } else {
      const auto position = ready_.begin() + static_cast<std::ptrdiff_t>(choice);
      cell = *position;
      ready_.erase(position);
    }
  }
  if (cell == nullptr) {
    task();
    return true;
  }
  if (run_turn(*cell) == TurnEnd::yielded) schedule(*cell);
  return true;
}

// -- BlockingPool
// ------------------------------------------------------------------------------------

namespace {
constexpr auto kIdleThread = std::chrono::seconds(60);
}

void BlockingPool::schedule(Cell& cell) {
  submit([this, &cell] {
    if (run_turn(cell) == TurnEnd::yielded) schedule(cell);
  });
}

void BlockingPool::submit(std::function<void()> task) {
  std::lock_guard lock(mutex_);
  if (stopping_) return;
  jobs_.push_back(std::move(task));
  if (idle_ >= jobs_.size()) {
    work_.notify_one();
  } else if (threads_ < max_threads_) {
    ++threads_;
    std::thread([this] { run(); }).detach();
  }
}

void BlockingPool::run() {
  pthread_setname_np(pthread_self(), "goakt-blocking");
  std::unique_lock lock(mutex_);
  for (;;) {
    if (jobs_.empty() && !stopping_) {
      ++idle_;
      work_.wait_for(lock, kIdleThread, [&] { return stopping_ || !jobs_.empty(); });
      --idle_;
    }
    if (jobs_.empty() || stopping_) break;
    Job job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    job();
    job = nullptr;
    lock.lock();
  }
  if (--threads_ == 0) ended_.notify_all();
}

bool BlockingPool::stop(std::chrono::steady_clock::time_point deadline) {
  std::unique_lock lock(mutex_);
  stopping_ = true;
  std::deque<Job> dropped;
  dropped.swap(jobs_);
  work_.notify_all();
  const auto all_ended = [&] { return threads_ == 0; };
  if (deadline != std::chrono::steady_clock::time_point::max())
    return ended_.wait_until(lock, deadline, all_ended);
  ended_.wait(lock, all_ended);
  return true;
}

std::size_t BlockingPool::threads() const {
  std::lock_guard lock(mutex_);
  return threads_;
}

}  // namespace goakt::internal
