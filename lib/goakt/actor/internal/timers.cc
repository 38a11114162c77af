#include "goakt/actor/internal/timers.h"

#include "goakt/actor/internal/dispatcher.h"

#include <algorithm>
#include <pthread.h>

namespace goakt::internal {

namespace {

constexpr Duration kTick = std::chrono::milliseconds(1);

std::atomic<std::uint32_t> next_thread{0};

}  // namespace

Timers::Timers(Clock& clock) : clock_(clock), start_(clock.now()) {}

Timers::~Timers() {
  stop();
}

void Timers::start() {
  thread_ = std::thread([this] { run(); });
  pthread_setname_np(thread_.native_handle(), "goakt-timers");
}

void Timers::stop() {
  stopping_.store(true, std::memory_order_relaxed);
  wake();
  if (thread_.joinable()) thread_.join();
  for (Shard& shard : shards_) {
    for (;;) {
      TimerEntry* entry;
      {
        std::lock_guard lock(shard.mutex);
        entry = shard.wheel.take_any();
      }
      if (entry == nullptr) break;
      entry->use(*entry, false);  // unlocked: it may own anything
      std::lock_guard lock(shard.mutex);
      shard.wheel.release(*entry);
    }
    shard.bound.store(TimingWheel::kNever, std::memory_order_relaxed);
  }
}

std::int64_t Timers::tick_from(TimePoint due) const {
  const Duration since = due - start_;
  return since <= Duration::zero() ? 0 : since / kTick + (since % kTick != Duration::zero());
}

std::int64_t Timers::now_tick() const {
  return (clock_.now() - start_) / kTick;
}

Timers::Shard& Timers::own_shard() {
  thread_local const std::uint32_t number = next_thread.fetch_add(1, std::memory_order_relaxed);
  return shards_[number % kShards];
}

Timers::Id Timers::link(Shard& shard, TimerEntry& entry, std::int64_t tick) {
  if (shard.wheel.size() == 0) shard.wheel.jump(now_tick());
  shard.wheel.insert(entry, tick);
  if (tick < shard.bound.load(std::memory_order_relaxed))
    shard.bound.store(tick, std::memory_order_seq_cst);
  const auto number = static_cast<std::uint64_t>(&shard - shards_.data());
  return std::uint64_t{entry.generation} << 32 | std::uint64_t{entry.index} * kShards | number;
}

bool Timers::cancel(Id id) {
  Shard& shard = shards_[id % kShards];
  TimerEntry* entry;
  {
    std::lock_guard lock(shard.mutex);
    entry = shard.wheel.find(static_cast<std::uint32_t>(id) / std::uint32_t{kShards},
                             static_cast<std::uint32_t>(id >> 32));
    if (entry == nullptr) return false;
    shard.wheel.remove(*entry);
    if (entry->trivial) {
      shard.wheel.release(*entry);
      return true;
    }
  }
  entry->use(*entry, false);
  std::lock_guard lock(shard.mutex);
  shard.wheel.release(*entry);
  return true;
}

std::size_t Timers::fire_due(Shard& shard, std::int64_t now) {
  std::size_t fired = 0;
  if (shard.bound.load(std::memory_order_seq_cst) > now) return 0;
  std::unique_lock lock(shard.mutex);
  while (TimerEntry* entry = shard.wheel.take_due(now)) {
    lock.unlock();
    entry->use(*entry, true);
    ++fired;
    lock.lock();
    shard.wheel.release(*entry);
  }
  shard.bound.store(shard.wheel.bound(), std::memory_order_relaxed);
  return fired;
}

std::size_t Timers::fire_due() {
  const std::int64_t now = now_tick();
  std::size_t fired = 0;
  for (Shard& shard : shards_) fired += fire_due(shard, now);
  return fired;
}

std::size_t Timers::pending() const {
  std::size_t count = 0;
  for (const Shard& shard : shards_) {
    std::lock_guard lock(shard.mutex);
    count += shard.wheel.size();
  }
  return count;
}

void Timers::wake() {
  std::lock_guard lock(sleep_mutex_);
  woken_ = true;
  wake_at_.store(0, std::memory_order_relaxed);
  changed_.notify_one();
}

void Timers::run() {
  this_thread.must_not_block = true;
  while (!stopping_.load(std::memory_order_relaxed)) {
    fire_due();
    // From here on every new timer wakes us: one that we overlook below, or that comes before what
    // we are going to wait for.
    wake_at_.store(TimingWheel::kNever, std::memory_order_seq_cst);
    std::int64_t next = TimingWheel::kNever;
    for (const Shard& shard : shards_)
      next = std::min(next, shard.bound.load(std::memory_order_seq_cst));
    std::unique_lock lock(sleep_mutex_);
    if (!woken_) {
      wake_at_.store(next, std::memory_order_relaxed);
      const auto woken = [this] { return woken_; };
      if (next == TimingWheel::kNever)
        changed_.wait(lock, woken);
      else if (const Duration left = start_ + next * kTick - clock_.now(); left.count() > 0)
        changed_.wait_for(lock, left, woken);
    }
    woken_ = false;
    wake_at_.store(0, std::memory_order_relaxed);
  }
}

}  // namespace goakt::internal
