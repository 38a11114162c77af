#pragma once

#include "goakt/base/clock.h"
#include "goakt/base/export.h"
#include "goakt/net/function.h"

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace goakt::net {

namespace internal {
struct LoopCore;
}

struct LoopOptions {
  std::string name = "goakt-io";  // of the thread; at most 15 letters are shown
  // How long the loop looks for more before it sleeps after bytes have come: what an answer then
  // saves is the kernel's wake-up, what it costs is that much of one CPU, if nobody else wants it.
  // Some times as long as an answer takes: 200 µs do within a rack. If both ends fall asleep
  // between two questions once, waking makes each answer so late that they always will.
  Duration polling = Duration::zero();
};

// One thread that waits for sockets and timers.
//
// Everything that hangs on a loop (listeners, connections, timers) calls back on this thread, one
// at a time. Its callbacks must not block. post() and stop() may be called by any thread, the rest
// of the folder says for each class. Signals are blocked in the thread.
class GOAKT_API Loop {
 public:
  using Task = Function<void()>;

  explicit Loop(const LoopOptions& options = {});
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // Runs the task on the loop's thread, in the order of the calls. False: the loop has stopped, the
  // task was destroyed.
  bool post(Task task) const;
  bool is_current() const noexcept;

  // Closes everything that hangs on the loop (each handler is told, with system_shutting_down),
  // runs what was posted before, and ends the thread. Returns when it has ended; from the loop's
  // own thread it only begins. Further calls do nothing.
  void stop();

  // For this folder's own classes.
  const std::shared_ptr<internal::LoopCore>& core() const noexcept { return core_; }

 private:
  std::shared_ptr<internal::LoopCore> core_;
};

// Several loops; connections are dealt out in turn.
class GOAKT_API Loops {
 public:
  explicit Loops(std::size_t count, const LoopOptions& options = {});

  std::size_t size() const noexcept { return loops_.size(); }

  Loop& operator[](std::size_t index) noexcept { return *loops_[index]; }

  // Any thread.
  Loop& next() noexcept;
  void stop();

 private:
  std::vector<std::unique_ptr<Loop>> loops_;
  std::atomic<std::size_t> turn_ = 0;
};

// One thing to do later. Belongs to the loop's thread; a timer that is destroyed or started again
// does not call.
class GOAKT_API Timer {
 public:
  explicit Timer(const Loop& loop);
  ~Timer();
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  void start(Duration delay, Function<void()> task);
  void cancel();

 private:
  struct Impl;

  std::shared_ptr<Impl> impl_;
};

}  // namespace goakt::net
