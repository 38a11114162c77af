#pragma once

#include "goakt/base/clock.h"
#include "goakt/net/function.h"
#include "goakt/net/internal/block_pool.h"
#include "goakt/net/loop.h"

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_set>
#include <vector>

namespace goakt::net::internal {

struct Reactor;

// Something that has to be closed before its loop can end.
class Resident {
 public:
  Resident() = default;
  Resident(const Resident&) = delete;
  Resident& operator=(const Resident&) = delete;

  // On the loop's thread. Leaves the loop before it returns.
  virtual void on_loop_stop() = 0;

 protected:
  ~Resident() = default;
};

// A Loop from inside. Shared with everything that hangs on it, so that a handle may outlive the
// loop: it then finds `finished`.
struct LoopCore : std::enable_shared_from_this<LoopCore> {
  explicit LoopCore(const LoopOptions& options);
  ~LoopCore();

  static std::shared_ptr<LoopCore> start(const LoopOptions& options);

  // What users post: refused as soon as stopping has begun, or it might never end.
  bool post(Function<void()> task);
  // What handles post when they go: taken until nobody looks at their cores any more.
  bool post_farewell(Function<void()> task);
  // What the loop's own thread does next.
  void defer(Function<void()> task);
  void stop();

  bool is_current() const noexcept {
    return thread_id.load(std::memory_order_relaxed) == std::this_thread::get_id();
  }

  // Bytes have come: more are likely to follow at once.
  void heat() noexcept {
    if (polling > Duration::zero()) hot_until = SystemClock::instance().now() + polling;
  }

  void run();
  void enqueue(Function<void()> task);
  void begin_stop();
  bool run_posted();

  const std::unique_ptr<Reactor> reactor;
  const std::string name;
  const Duration polling;
  TimePoint hot_until;
  // Where connections with nothing left over read to. Used within one read and its callback.
  std::array<char, 64 * 1024> scratch;
  BlockPool blocks;
  std::unordered_set<Resident*> residents;
  bool is_stopping = false;  // what follows belongs to the loop's thread; so does all above

  std::mutex posted_mutex;  // guards posted, is_refusing, is_finished
  std::vector<Function<void()>> posted;
  bool is_refusing = false;
  bool is_finished = false;  // the thread touches nothing any more

  std::mutex thread_mutex;  // guards thread, stop_posted
  std::thread thread;
  bool stop_posted = false;
  std::atomic<std::thread::id> thread_id;
};

}  // namespace goakt::net::internal
