#include "goakt/actor/internal/watchdog.h"

#include <pthread.h>

namespace goakt::internal {

Watchdog::Watchdog(WorkerPool& pool, std::chrono::milliseconds limit,
                   std::function<void(const Stall&)> report)
    : pool_(pool), limit_ms_(limit.count()), report_(std::move(report)), seen_(pool.size()) {}

void Watchdog::start() {
  thread_ = std::thread([this] { run(); });
  pthread_setname_np(thread_.native_handle(), "goakt-watchdog");
}

void Watchdog::stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Watchdog::wake() {
  {
    std::lock_guard lock(mutex_);
    asleep_.store(false, std::memory_order_seq_cst);
  }
  changed_.notify_all();
}

void Watchdog::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    // seq_cst pairs with the waker, which counts a worker as awake before it nudges: either it
    // finds us asleep, or we find the worker awake.
    asleep_.store(true, std::memory_order_seq_cst);
    if (!pool_.all_asleep()) asleep_.store(false, std::memory_order_seq_cst);
    if (asleep_.load(std::memory_order_relaxed)) {
      changed_.wait(lock, [&] { return stopping_ || !asleep_.load(std::memory_order_relaxed); });
      continue;
    }
    changed_.wait_for(lock, kPeriod, [&] { return stopping_; });
    if (stopping_) return;
    lock.unlock();
    look(Clock::now());
    lock.lock();
  }
}

void Watchdog::look(Clock::time_point now) {
  beat_.fetch_add(1, std::memory_order_relaxed);
  const std::chrono::milliseconds limit(limit_ms_.load(std::memory_order_relaxed));
  for (std::size_t i = 0; i < seen_.size(); ++i) {
    Seen& seen = seen_[i];
    const Worker& worker = pool_.worker(i);
    Cell* cell = worker.turn.running.load(std::memory_order_acquire);
    const std::uint64_t turn = worker.turns.load(std::memory_order_acquire);
    if (cell == nullptr || turn != seen.turn) {
      seen = Seen{turn, now, false};
      continue;
    }
    if (now - seen.since < kPeriod / 2) continue;
    pool_.rescue(i);
    if (limit.count() == 0 || now - seen.since < limit || seen.reported) continue;
    Stall stall{PidAccess::make(cell, cell->generation.load(std::memory_order_acquire)),
                worker.turn.handling.load(std::memory_order_acquire),
                std::chrono::duration_cast<std::chrono::milliseconds>(now - seen.since)};
    // It may have gone on while we looked.
    if (worker.turns.load(std::memory_order_acquire) != turn ||
        worker.turn.running.load(std::memory_order_acquire) != cell)
      continue;
    seen.reported = true;
    stalls_.fetch_add(1, std::memory_order_relaxed);
    report_(stall);
  }
}

}  // namespace goakt::internal
