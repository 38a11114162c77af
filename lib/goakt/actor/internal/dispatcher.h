#pragma once

#include "goakt/actor/internal/cell.h"
#include "goakt/actor/internal/fences.h"
#include "goakt/actor/internal/lane.h"
#include "goakt/actor/internal/run_ring.h"
#include "goakt/base/random.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <vector>

namespace goakt::internal {

class WorkerPool;

// What a turn left behind.
enum class TurnEnd : std::uint8_t {
  idle,     // nothing to do; the cell may already run elsewhere or be gone: do not touch it
  yielded,  // its budget is used up: schedule it again
};

// Runs one turn of an active actor on the calling thread, be it within another actor's turn
// (runner.cc).
TurnEnd run_turn(Cell& cell);

// Where a thread is with its turns. Written by that thread; what is atomic, the stall watchdog and
// `top` may read.
struct TurnState {
  std::atomic<Cell*> running{nullptr};
  std::atomic<const MessageType*> handling{nullptr};
  // The clock as this thread read it last (System::now_ms): good for that many turns more, if the
  // watchdog's beat is still the same.
  std::uint32_t now_ms = 0;
  std::uint32_t now_beat = 0;
  std::uint32_t now_uses = 0;
};

// One thread of a pool. Only its own thread touches what is not atomic.
struct alignas(64) Worker {
  WorkerPool* pool = nullptr;
  std::uint32_t index = 0;
  std::uint32_t until_global = 1;  // picks until it looks at the global queue
  std::uint32_t lifo_runs = 0;
  std::uint32_t next_lane = 0;
  std::uint64_t random = 0;
  // False while it looks for work or sleeps. A busy worker empties the lanes that it attends to.
  std::atomic<bool> busy{false};
  RunRing ring;
  // The actor that the running one just woke: it runs next, while its message is in the cache.
  alignas(64) std::atomic<Cell*> lifo{nullptr};
  std::atomic<std::uint32_t> wake{0};  // futex

  TurnState turn;
  std::atomic<std::uint64_t> turns{0};
  std::atomic<std::uint64_t> steals{0};
  std::atomic<bool> ended{false};
  std::thread thread;
};

// What the runtime knows about the current thread.
struct ThreadState {
  Worker* worker = nullptr;      // null outside the pools
  Cell* running = nullptr;       // whose turn this thread runs
  bool gone = false;             // that actor ended during the turn: its cell is no longer ours
  std::uint64_t lane_owner = 0;  // id of the pool that `lane` belongs to
  Lane* lane = nullptr;
  bool must_not_block = false;  // fires the timers: others wait for it
};

extern constinit thread_local ThreadState this_thread __attribute__((tls_model("initial-exec")));

// A fixed set of workers with stealing queues, and the lanes of outside threads. Threads without
// work spin for some microseconds and then sleep; nobody polls an idle pool.
//
// A lane is left to the worker that attends to it, so that one producer does not keep two workers
// awake. In case that worker is held up by a long handler, one sleeper of a partly busy pool keeps
// watch: it naps, and takes over lanes that stood still meanwhile.
class WorkerPool {
 public:
  // `with_lanes`: outside threads get lanes into this pool.
  WorkerPool(std::size_t workers, bool with_lanes);
  ~WorkerPool();

  void start();
  // Ends the threads after their current turns. What is still scheduled is not run any more. False:
  // some did not end by the deadline; they go on in their handlers, and so must all that they use.
  bool stop(std::chrono::steady_clock::time_point deadline);

  // Any thread: the caller has activated the cell.
  void schedule(Cell& cell) {
    Worker* worker = this_thread.worker;
    // Others only ever empty the slot, so an empty one can be filled without a swap.
    if (GOAKT_LIKELY(worker != nullptr && worker->pool == this &&
                     worker->lifo.load(std::memory_order_relaxed) == nullptr))
      worker->lifo.store(&cell, std::memory_order_release);
    else
      schedule_behind(cell);
  }

  // Worker only: at the tail of its own queue, behind everything else.
  void requeue(Worker& worker, Cell& cell);

  // A worker that waits for others: one turn of any actor. False: nothing to do.
  bool run_one(Worker& worker);
  // From another thread: hands what that worker has queued to the others.
  void rescue(std::size_t index);

  // No worker runs or looks for work.
  bool all_asleep() const {
    return (idle_.load(std::memory_order_seq_cst) & ~kWatched) / kSleeper == workers_.size();
  }

  // Told whenever a worker is woken.
  void on_wake(std::function<void()> told) { on_wake_ = std::move(told); }

  // The calling thread's lane, or null: too many threads have one, or the pool has none.
  Lane* lane() {
    return GOAKT_LIKELY(this_thread.lane_owner == id_) ? this_thread.lane : find_lane();
  }

  // After an append: wakes a sleeping worker when no other would come for it.
  void lane_filled() {
    light_fence();
    const std::uint32_t idle = idle_.load(std::memory_order_relaxed);
    if (GOAKT_UNLIKELY(idle >= kSleeper) && (idle & kSearchers) == 0 &&
        ((idle & kWatched) == 0 || (idle & ~kWatched) / kSleeper == workers_.size()))
      wake_one();
  }

  // The calling thread's lane is full: gives the workers a moment, then empties it.
  void make_room(Lane& lane);
  // Delivers everything that the calling thread put into its lane.
  void flush_lane();
  // Delivers what all lanes hold; from any thread.
  void drain_lanes();

  std::size_t size() const { return workers_.size(); }

  const Worker& worker(std::size_t index) const { return *workers_[index]; }

  std::size_t queued() const;

  std::uint64_t id() const { return id_; }

 private:
  static constexpr std::uint32_t kMaxLanes = 64;
  // idle_
  static constexpr std::uint32_t kSearcher = 1;
  static constexpr std::uint32_t kSearchers = 0xffff;
  static constexpr std::uint32_t kSleeper = 1u << 16;
  static constexpr std::uint32_t kWatched = 1u << 31;

  // What a worker that wants to sleep finds.
  enum class Pending : std::uint8_t { nothing, attended, free };

  void schedule_behind(Cell& cell);
  void run(Worker& worker);
  Cell* next(Worker& worker);
  Cell* poll(Worker& worker);
  Cell* find_or_sleep(Worker& worker);
  Cell* search(Worker& worker);
  void sleep(Worker& worker);
  bool keep_watch(Worker& worker);
  void get_up(Worker& worker);
  Cell* take_global(Worker& worker);
  Cell* steal(Worker& worker);
  bool drain_some_lane(Worker& worker, std::uint32_t limit);
  void push_global(std::span<Cell* const> cells);
  void empty_lane(Lane& lane);
  Pending pending(const Worker& worker) const;
  void published();
  void wake_one();
  Lane* find_lane();

  const std::uint64_t id_;
  std::function<void()> on_wake_;  // set before the start
  std::vector<std::unique_ptr<Worker>> workers_;
  std::atomic<bool> stopping_{false};

  // No list through the cells: with a million of them queued each step would be a cache miss.
  alignas(64) std::mutex global_mutex_;  // guards the queue below
  std::deque<Cell*> global_;
  std::atomic<std::size_t> global_count_{0};  // its size, for a glance

  // [31] one of the sleepers keeps watch, [30:16] sleeping workers, [15:0] those that search.
  alignas(64) std::atomic<std::uint32_t> idle_{0};
  std::mutex sleep_mutex_;  // guards sleeping_
  std::vector<Worker*> sleeping_;

  alignas(64) std::atomic<std::uint32_t> lane_count_{0};
  std::atomic<Lane*> lanes_[kMaxLanes] = {};
  std::mutex lane_mutex_;  // guards the two below; a lane without user serves the next thread
  std::vector<std::shared_ptr<Lane>> lane_storage_;
  std::vector<std::shared_ptr<std::atomic<bool>>> lane_users_;
  const bool with_lanes_;
};

// Threads that may block: grows on demand, shrinks when idle. Runs actors spawned for it, and
// tasks.
class BlockingPool {
 public:
  explicit BlockingPool(std::size_t max_threads) : max_threads_(max_threads) {}

  ~BlockingPool() { stop(std::chrono::steady_clock::time_point::max()); }

  void schedule(Cell& cell);
  void submit(std::function<void()> task);
  // Waits for running tasks; drops what has not begun. False: some still run at the deadline.
  bool stop(std::chrono::steady_clock::time_point deadline);
  std::size_t threads() const;

 private:
  using Job = std::function<void()>;

  void run();

  const std::size_t max_threads_;
  mutable std::mutex mutex_;  // guards everything below
  std::condition_variable work_;
  std::condition_variable ended_;
  std::deque<Job> jobs_;
  std::size_t threads_ = 0;
  std::size_t idle_ = 0;
  bool stopping_ = false;
};

// Chooses the pool of an actor. With a seed, all turns run on the thread that calls run_one(), in
// an order drawn from the seed.
class Dispatcher {
 public:
  struct Options {
    std::size_t workers;
    std::size_t blocking_threads;
    std::optional<std::uint64_t> seed;
  };

  explicit Dispatcher(const Options& options);

  // Before start() only.
  void set_system_threads(std::size_t threads);

  void start();
  // False: threads are stuck in handlers (WorkerPool::stop).
  bool stop(std::chrono::steady_clock::time_point deadline);

  // The caller has activated the cell.
  void schedule(Cell& cell) {
    if (GOAKT_LIKELY(!seeded_ && !cell.has(kSystemPool | kBlockingPool)))
      normal_->schedule(cell);
    else
      schedule_specially(cell);
  }

  // Runs a task that may block, away from the actors' threads.
  void submit(std::function<void()> task);
  bool run_one();  // seeded only; false: nothing to do

  bool seeded() const { return seeded_; }

  WorkerPool& normal() { return *normal_; }

  WorkerPool& system() { return *system_; }

  BlockingPool& blocking() { return blocking_; }

 private:
  void schedule_specially(Cell& cell);

  const bool seeded_;
  std::mutex ready_mutex_;  // guards the three below
  Rng random_;
  std::vector<Cell*> ready_;
  std::deque<std::function<void()>> ready_tasks_;
  std::unique_ptr<WorkerPool> normal_;
  std::unique_ptr<WorkerPool> system_;
  BlockingPool blocking_;
};

}  // namespace goakt::internal
