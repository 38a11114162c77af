#pragma once

#include "goakt/base/clock.h"
#include "goakt/net/function.h"
#include "goakt/net/internal/socket.h"

#include <memory>

namespace goakt::net::internal {

struct LoopCore;

// A descriptor whose loop says when it is ready. The loop's thread only, construction excepted.
class Watched {
 public:
  explicit Watched(LoopCore& loop);
  ~Watched();
  Watched(const Watched&) = delete;
  Watched& operator=(const Watched&) = delete;

  // Takes it over. False: it cannot be watched and stays where it is.
  [[nodiscard]] bool assign(Descriptor& descriptor);
  Descriptor release();
  void close();

  bool is_open() const noexcept { return number() >= 0; }

  int number() const noexcept;

  // Call once when it is ready, never from within. Closed or released before, they do not call,
  // unless it was ready already.
  void wait_readable(Function<void()> ready);
  void wait_writable(Function<void()> ready);

 private:
  struct Impl;

  std::unique_ptr<Impl> impl_;
};

// Calls at a point in time, on the loop. Same threads.
class Alarm {
 public:
  explicit Alarm(LoopCore& loop);
  ~Alarm();
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;

  // Instead of what was set before; that may still call when it was due already.
  void set(TimePoint at, Function<void()> due);
  void cancel();

 private:
  struct Impl;

  std::unique_ptr<Impl> impl_;
};

}  // namespace goakt::net::internal
