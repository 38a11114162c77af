#include "goakt/actor/internal/dead_letters.h"
#include "goakt/actor/internal/dispatcher.h"
#include "goakt/actor/internal/fences.h"
#include "goakt/actor/internal/runner.h"
#include "goakt/actor/internal/system.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <utility>

namespace goakt::internal {

constinit thread_local ThreadState this_thread __attribute__((tls_model("initial-exec"))){};

namespace {

constexpr std::uint32_t kGlobalEvery = 61;  // picks between two looks at the global queue
constexpr std::uint32_t kLifoRuns = 3;      // in a row, then the ring gets its turn
constexpr std::uint32_t kLaneBatch = 1024;  // envelopes taken from a lane by a worker without work
constexpr std::uint32_t kLaneBatchBusy = 256;  // and by one that has some
// A worker without work looks for some: first without giving up its CPU, then letting others go
// first, who may be just the ones that make work.
constexpr auto kSpin = std::chrono::microseconds(5);
constexpr auto kSearch = std::chrono::microseconds(40);
constexpr auto kNap = std::chrono::microseconds(250);
constexpr int kQuietNaps = 8;  // with everybody asleep, then the watch ends
// How long a producer waits before a full lane that does not move.
constexpr std::chrono::nanoseconds kPatience = Lane::kPatience;

std::atomic<std::uint64_t> next_pool_id{1};

// Hands a chain that came through a lane to its actor. Returns the actor when the caller must
// schedule it, else null.
Cell* deliver(Cell* cell, std::uint64_t generation16, Envelope* oldest, Envelope* newest,
              std::uint32_t count) {
  const std::uint32_t generation = cell->generation.load(std::memory_order_acquire);
  if ((generation & 0xffff) == generation16) {
    // An idle actor gets them without a way through its inbox.
    if (cell->inbox.seems_idle() && cell->inbox.try_activate(generation)) {
      give_arrivals(*cell, oldest, newest, count);
      return cell;
    }
    Envelope* last = oldest;
    Envelope* first = nullptr;
    for (std::uint32_t i = 0; i < count; ++i) {
      Envelope* next = oldest->next;
      oldest->next = first;
      first = oldest;
      oldest = next;
    }
    switch (cell->inbox.push(first, last, count, generation)) {
      case Inbox::Push::activated:
        return cell;
      case Inbox::Push::queued:
        return nullptr;
      case Inbox::Push::closed:
        break;
    }
    // Back to the order of sending.
    oldest = nullptr;
    for (std::uint32_t i = 0; i < count; ++i) {
      Envelope* next = first->next;
      first->next = oldest;
      oldest = first;
      first = next;
    }
  }
  for (std::uint32_t i = 0; i < count; ++i) {
    Envelope* next = oldest->next;
    undeliverable(*cell, generation16, oldest);
    oldest = next;
  }
  return nullptr;
}

// The busy worker that attends to the lane, or null.
const Worker* attendant_of(const Lane& lane) {
  const Worker* attendant = lane.attendant.load(std::memory_order_relaxed);
  return attendant != nullptr && attendant->busy.load(std::memory_order_relaxed) ? attendant
                                                                                 : nullptr;
}

void wait_on(std::atomic<std::uint32_t>& word, std::chrono::nanoseconds timeout) {
  const timespec ts{.tv_sec = 0, .tv_nsec = timeout.count()};
  syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 0, timeout.count() == 0 ? nullptr : &ts, nullptr,
          0);
}

}  // namespace

WorkerPool::WorkerPool(std::size_t workers, bool with_lanes)
    : id_(next_pool_id.fetch_add(1)), with_lanes_(with_lanes) {
  for (std::size_t i = 0; i < workers; ++i) {
    auto worker = std::make_unique<Worker>();
    worker->pool = this;
    worker->index = static_cast<std::uint32_t>(i);
    worker->random = 0x9e3779b97f4a7c15ull * (i + 1);
    workers_.push_back(std::move(worker));
  }
  sleeping_.reserve(workers);
}

WorkerPool::~WorkerPool() {
  stop(std::chrono::steady_clock::time_point::max());
  // What a thread put into its lane while the system stopped.
  for (const auto& lane : lane_storage_)
    while (!lane->empty())
      lane->drain(Lane::kCapacity,
                  [](Cell*, std::uint64_t, Envelope* oldest, Envelope*, std::uint32_t count) {
                    while (count-- > 0) delete_envelope(std::exchange(oldest, oldest->next));
                  });
}

void WorkerPool::start() {
  for (auto& worker : workers_) {
    worker->thread = std::thread([this, w = worker.get()] { run(*w); });
    pthread_setname_np(worker->thread.native_handle(),
                       with_lanes_ ? "goakt-worker" : "goakt-system");
  }
}

bool WorkerPool::stop(std::chrono::steady_clock::time_point deadline) {
  if (stopping_.exchange(true)) return true;
  for (auto& worker : workers_) {
    worker->wake.store(1, std::memory_order_release);
    syscall(SYS_futex, &worker->wake, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
  }
  bool all_ended = true;
  for (auto& worker : workers_) {
    if (!worker->thread.joinable()) continue;
    while (!worker->ended.load(std::memory_order_acquire) &&
           std::chrono::steady_clock::now() < deadline)
      std::this_thread::sleep_for(std::chrono::microseconds(100));
    if (worker->ended.load(std::memory_order_acquire)) {
      worker->thread.join();
    } else {
      worker->thread.detach();
      all_ended = false;
    }
  }
  return all_ended;
}

void WorkerPool::run(Worker& worker) {
  this_thread.worker = &worker;
  worker.busy.store(true, std::memory_order_relaxed);
  Runner runner(worker.turn);
  while (!stopping_.load(std::memory_order_relaxed)) {
    Cell* cell = next(worker);
    if (cell == nullptr) break;
    worker.turns.store(worker.turns.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    if (runner.turn(*cell) == TurnEnd::yielded) requeue(worker, *cell);
  }
  this_thread.worker = nullptr;
  worker.ended.store(true, std::memory_order_release);
}

bool WorkerPool::run_one(Worker& worker) {
  Cell* cell = worker.lifo.exchange(nullptr, std::memory_order_acq_rel);
  if (cell == nullptr) cell = poll(worker);
  if (cell == nullptr) return false;
  worker.turns.store(worker.turns.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  if (run_turn(*cell) == TurnEnd::yielded) requeue(worker, *cell);
  return true;
}

void WorkerPool::rescue(std::size_t index) {
  Worker& worker = *workers_[index];
  if (worker.lifo.load(std::memory_order_relaxed) != nullptr)
    if (Cell* cell = worker.lifo.exchange(nullptr, std::memory_order_acq_rel))
      push_global({&cell, 1});
  // The ring can be stolen from; somebody has to be awake for it.
  if (!worker.ring.empty()) published();
}

void WorkerPool::schedule_behind(Cell& cell) {
  Worker* worker = this_thread.worker;
  if (worker == nullptr || worker->pool != this) {
    Cell* const one = &cell;
    return push_global({&one, 1});
  }
  Cell* former = worker->lifo.exchange(&cell, std::memory_order_acq_rel);
  if (former != nullptr) requeue(*worker, *former);
}

void WorkerPool::requeue(Worker& worker, Cell& cell) {
  if (worker.ring.push(&cell)) {
    // One alone is this worker's next: nobody needs to be woken for it.
    if (worker.ring.size() > 1) published();
    return;
  }
  // Full: half of the ring goes to everybody.
  std::array<Cell*, RunRing::kCapacity / 2 + 1> moved{&cell};
  std::size_t count = 1;
  while (count < moved.size()) {
    Cell* const taken = worker.ring.pop();
    if (taken == nullptr) break;
    moved[count++] = taken;
  }
  push_global(std::span(moved).first(count));
}

void WorkerPool::push_global(std::span<Cell* const> cells) {
  {
    std::lock_guard lock(global_mutex_);
    global_.insert(global_.end(), cells.begin(), cells.end());
    global_count_.store(global_.size(), std::memory_order_relaxed);
  }
  published();
}

void WorkerPool::published() {
  light_fence();
  const std::uint32_t idle = idle_.load(std::memory_order_relaxed);
  if (idle >= kSleeper && (idle & kSearchers) == 0) wake_one();
}

void WorkerPool::wake_one() {
  Worker* worker;
  {
    std::lock_guard lock(sleep_mutex_);
    const std::uint32_t idle = idle_.load(std::memory_order_relaxed);
    if (sleeping_.empty() || (idle & kSearchers) != 0) return;
    worker = sleeping_.back();  // the one that slept last has the warmest cache
    sleeping_.pop_back();
    idle_.fetch_add(kSearcher - kSleeper, std::memory_order_seq_cst);
    worker->wake.store(1, std::memory_order_release);
  }
  syscall(SYS_futex, &worker->wake, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
  if (on_wake_) on_wake_();
}

Cell* WorkerPool::next(Worker& worker) {
  if (GOAKT_UNLIKELY(--worker.until_global == 0)) {
    worker.until_global = kGlobalEvery;
    if (with_lanes_) drain_some_lane(worker, kLaneBatchBusy);
    if (Cell* cell = take_global(worker)) return cell;
  }
  if (worker.lifo.load(std::memory_order_relaxed) != nullptr) {
    Cell* cell = worker.lifo.exchange(nullptr, std::memory_order_acq_rel);
    if (cell != nullptr) {
      if (++worker.lifo_runs <= kLifoRuns || worker.ring.empty()) return cell;
      requeue(worker, *cell);
    }
  }
  worker.lifo_runs = 0;
  if (Cell* cell = poll(worker)) return cell;
  return find_or_sleep(worker);
}

Cell* WorkerPool::poll(Worker& worker) {
  // With a million actors hardly one is in the cache.
  constexpr std::uint32_t kAhead = 3;
  if (const Cell* later = worker.ring.peek(kAhead)) {
    __builtin_prefetch(later);
    __builtin_prefetch(&later->inbox, 1);
  }
  if (const Cell* second = worker.ring.peek(1)) second->inbox.prefetch_newest();
  if (Cell* cell = worker.ring.pop()) return cell;
  if (with_lanes_ && drain_some_lane(worker, kLaneBatch))
    if (Cell* cell = worker.ring.pop()) return cell;
  if (Cell* cell = take_global(worker)) return cell;
  return steal(worker);
}

Cell* WorkerPool::take_global(Worker& worker) {
  if (global_count_.load(std::memory_order_relaxed) == 0) return nullptr;
  std::lock_guard lock(global_mutex_);
  const std::size_t count = global_count_.load(std::memory_order_relaxed);
  if (count == 0) return nullptr;
  // A fair share, so that the others find something too.
  const std::size_t share =
      std::min<std::size_t>(count / workers_.size() + 1, RunRing::kCapacity / 2);
  Cell* const result = global_.front();
  std::size_t taken = 1;
  while (taken < std::min(share, count) && worker.ring.push(global_[taken])) ++taken;
  global_.erase(global_.begin(), global_.begin() + static_cast<std::ptrdiff_t>(taken));
  global_count_.store(count - taken, std::memory_order_relaxed);
  return result;
}

Cell* WorkerPool::steal(Worker& worker) {
  const std::size_t count = workers_.size();
  if (count < 2) return nullptr;
  worker.random = worker.random * 6364136223846793005ull + 1442695040888963407ull;
  const std::size_t start = (worker.random >> 33) % count;
  for (std::size_t i = 0; i < count; ++i) {
    Worker& victim = *workers_[(start + i) % count];
    if (&victim == &worker) continue;
    Cell* cell = victim.ring.steal_into(worker.ring);
    // The slot is taken last: its owner is about to run it, unless it is stuck in a long turn.
    if (cell == nullptr && victim.lifo.load(std::memory_order_relaxed) != nullptr &&
        worker.lifo_runs++ > 8)
      cell = victim.lifo.exchange(nullptr, std::memory_order_acq_rel);
    if (cell != nullptr) {
      worker.steals.store(worker.steals.load(std::memory_order_relaxed) + 1,
                          std::memory_order_relaxed);
      return cell;
    }
  }
  return nullptr;
}

bool WorkerPool::drain_some_lane(Worker& worker, std::uint32_t limit) {
  const std::uint32_t lanes = lane_count_.load(std::memory_order_acquire);
  for (std::uint32_t i = 0; i < lanes; ++i) {
    Lane* lane = lanes_[(worker.next_lane + i) % lanes].load(std::memory_order_relaxed);
    if (const Worker* other = attendant_of(*lane); other != nullptr && other != &worker) continue;
    const std::uint32_t taken =
        lane->drain(limit, [&](Cell* cell, std::uint64_t generation, Envelope* oldest,
                               Envelope* newest, std::uint32_t n) {
          if (Cell* activated = deliver(cell, generation, oldest, newest, n)) {
            __builtin_prefetch(activated->actor, 1);
            requeue(worker, *activated);
          }
        });
    if (taken != 0) {
      if (lane->attendant.load(std::memory_order_relaxed) != &worker)
        lane->attendant.store(&worker, std::memory_order_relaxed);
      worker.next_lane = (worker.next_lane + i + 1) % lanes;
      return true;
    }
  }
  return false;
}

WorkerPool::Pending WorkerPool::pending(const Worker& worker) const {
  if (stopping_.load(std::memory_order_relaxed)) return Pending::free;
  if (global_count_.load(std::memory_order_relaxed) != 0) return Pending::free;
  for (const auto& other : workers_)
    if (other.get() != &worker && !other->ring.empty()) return Pending::free;
  auto result = Pending::nothing;
  const std::uint32_t lanes = lane_count_.load(std::memory_order_acquire);
  for (std::uint32_t i = 0; i < lanes; ++i) {
    const Lane& lane = *lanes_[i].load(std::memory_order_relaxed);
    if (lane.empty()) continue;
    if (attendant_of(lane) == nullptr) return Pending::free;
    result = Pending::attended;
  }
  return result;
}

Cell* WorkerPool::find_or_sleep(Worker& worker) {
  worker.busy.store(false, std::memory_order_relaxed);
  worker.turn.now_uses = 0;
  idle_.fetch_add(kSearcher, std::memory_order_relaxed);
  for (;;) {
    if (Cell* cell = search(worker)) {
      worker.lifo_runs = 0;
      worker.busy.store(true, std::memory_order_relaxed);
      // The last one that searched leaves: if there is more than it can do, another one comes.
      if ((idle_.fetch_sub(kSearcher, std::memory_order_relaxed) & kSearchers) == 1) {
        const Pending left = pending(worker);
        if (left == Pending::free || !worker.ring.empty())
          published();
        else if (left == Pending::attended)
          lane_filled();
      }
      return cell;
    }
    if (stopping_.load(std::memory_order_relaxed)) return nullptr;
    sleep(worker);
  }
}

Cell* WorkerPool::search(Worker& worker) {
  const auto start = std::chrono::steady_clock::now();
  for (;;) {
    for (int i = 0; i < 8; ++i) {
      if (stopping_.load(std::memory_order_relaxed)) return nullptr;
      if (Cell* cell = poll(worker)) return cell;
      for (int p = 0; p < 8; ++p) spin_pause();
    }
    const auto searched = std::chrono::steady_clock::now() - start;
    if (searched > kSearch) return nullptr;
    if (searched > kSpin) sched_yield();
  }
}

// From searching to sleeping and back.
void WorkerPool::sleep(Worker& worker) {
  {
    std::lock_guard lock(sleep_mutex_);
    worker.wake.store(0, std::memory_order_relaxed);
    sleeping_.push_back(&worker);
    idle_.fetch_add(kSleeper - kSearcher, std::memory_order_relaxed);
  }
  for (;;) {
    heavy_fence();
    const Pending found = pending(worker);
    if (found == Pending::free) return get_up(worker);
    if (found == Pending::nothing ||
        (idle_.fetch_or(kWatched, std::memory_order_relaxed) & kWatched) != 0)
      break;
    if (keep_watch(worker)) return get_up(worker);
  }
  while (worker.wake.load(std::memory_order_acquire) == 0) wait_on(worker.wake, {});
}

// Naps as long as others are busy. True: there is something to do, or somebody woke this one.
bool WorkerPool::keep_watch(Worker& worker) {
  {
    // Last to be woken.
    std::lock_guard lock(sleep_mutex_);
    if (const auto it = std::find(sleeping_.begin(), sleeping_.end(), &worker);
        it != sleeping_.end())
      std::rotate(sleeping_.begin(), it, it + 1);
  }
  bool is_needed = false;
  std::array<std::uint32_t, kMaxLanes> progress{};
  for (int quiet = 0; quiet < kQuietNaps && !is_needed;) {
    const std::uint32_t lanes = lane_count_.load(std::memory_order_acquire);
    for (std::uint32_t i = 0; i < lanes; ++i)
      progress[i] = lanes_[i].load(std::memory_order_relaxed)->progress();
    wait_on(worker.wake, kNap);
    is_needed = worker.wake.load(std::memory_order_acquire) != 0 ||
                stopping_.load(std::memory_order_relaxed);
    for (std::uint32_t i = 0; i < lanes; ++i) {
      Lane& lane = *lanes_[i].load(std::memory_order_relaxed);
      if (lane.empty() || lane.progress() != progress[i]) continue;
      lane.attendant.store(&worker, std::memory_order_relaxed);
      is_needed = true;
    }
    const std::uint32_t idle = idle_.load(std::memory_order_relaxed) & ~kWatched;
    quiet = idle / kSleeper == workers_.size() ? quiet + 1 : 0;
  }
  idle_.fetch_and(~kWatched, std::memory_order_relaxed);
  return is_needed;
}

void WorkerPool::get_up(Worker& worker) {
  std::lock_guard lock(sleep_mutex_);
  const auto it = std::find(sleeping_.begin(), sleeping_.end(), &worker);
  if (it == sleeping_.end()) return;  // a waker took us off the list and counted us as searching
  sleeping_.erase(it);
  idle_.fetch_add(kSearcher - kSleeper, std::memory_order_seq_cst);
  if (on_wake_) on_wake_();
}

// -- Lanes
// -------------------------------------------------------------------------------------------

namespace {

// A thread's claims on lanes; they end with the thread.
struct LaneOwner {
  struct Lease {
    std::uint64_t pool;
    std::shared_ptr<Lane> lane;
    std::shared_ptr<std::atomic<bool>> in_use;
  };

  std::vector<Lease> leases;

  ~LaneOwner() {
    for (auto& lease : leases) lease.in_use->store(false, std::memory_order_release);
    this_thread.lane = nullptr;
    this_thread.lane_owner = 0;
  }
};

thread_local LaneOwner lane_owner;

}  // namespace

Lane* WorkerPool::find_lane() {
  if (!with_lanes_) return nullptr;
  Lane* found = nullptr;
  for (const auto& lease : lane_owner.leases)
    if (lease.pool == id_) found = lease.lane.get();
  if (found == nullptr) {
    std::lock_guard lock(lane_mutex_);
    std::size_t index = 0;
    while (index < lane_users_.size() && lane_users_[index]->load(std::memory_order_acquire))
      ++index;
    if (index == lane_users_.size() && index < kMaxLanes) {
      lane_storage_.push_back(std::make_shared<Lane>());
      lane_users_.push_back(std::make_shared<std::atomic<bool>>(false));
      lanes_[index].store(lane_storage_.back().get(), std::memory_order_release);
      lane_count_.store(static_cast<std::uint32_t>(index + 1), std::memory_order_release);
    }
    if (index < lane_users_.size()) {
      lane_users_[index]->store(true, std::memory_order_release);
      lane_owner.leases.push_back({id_, lane_storage_[index], lane_users_[index]});
      found = lane_storage_[index].get();
    }
  }
  this_thread.lane = found;
  this_thread.lane_owner = id_;
  return found;
}

void WorkerPool::empty_lane(Lane& lane) {
  std::array<Cell*, 256> activated;
  while (!lane.empty()) {
    std::size_t count = 0;
    const std::uint32_t taken =
        lane.drain(static_cast<std::uint32_t>(activated.size()),
                   [&](Cell* cell, std::uint64_t generation, Envelope* oldest, Envelope* newest,
                       std::uint32_t n) {
                     if (Cell* added = deliver(cell, generation, oldest, newest, n))
                       activated[count++] = added;
                   });
    if (count != 0) push_global(std::span(activated).first(count));
    if (taken == 0) sched_yield();  // somebody else is at it
  }
}

void WorkerPool::make_room(Lane& lane) {
  // Waiting keeps what is under way within the caches, and a worker empties the lane better than we
  // do: it runs the actors too. No longer than the lane moves on, though: a handler that takes its
  // time must not hold up senders.
  std::uint32_t progress = lane.progress();
  auto moved = std::chrono::steady_clock::now();
  const auto start = moved;
  for (auto now = start; now - moved < lane.patience && now - start < kPatience * 8;
       now = std::chrono::steady_clock::now()) {
    for (int i = 0; i < 32; ++i) {
      if (lane.size() <= Lane::kCapacity - Lane::kCapacity / 4) {
        lane.patience = kPatience;
        return;
      }
      spin_pause();
    }
    sched_yield();
    if (const std::uint32_t current = lane.progress(); current != progress) {
      progress = current;
      moved = now;
    }
  }
  lane.patience = std::max(lane.patience / 2, kPatience / 64);
  empty_lane(lane);
}

void WorkerPool::flush_lane() {
  if (this_thread.lane_owner == id_ && this_thread.lane != nullptr) empty_lane(*this_thread.lane);
}

void WorkerPool::drain_lanes() {
  const std::uint32_t lanes = lane_count_.load(std::memory_order_acquire);
  for (std::uint32_t i = 0; i < lanes; ++i) empty_lane(*lanes_[i].load(std::memory_order_relaxed));
}

std::size_t WorkerPool::queued() const {
  std::size_t count = global_count_.load(std::memory_order_relaxed);
  for (const auto& worker : workers_) count += worker->ring.size();
  return count;
}

}  // namespace goakt::internal
