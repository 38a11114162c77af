#pragma once

#include "goakt/base/export.h"
#include "goakt/base/log.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

namespace goakt::node {

// The level of a node's log: the configured one, or another for a while. Any thread.
class GOAKT_API LogLevelControl {
 public:
  LogLevelControl(Logger log, LogLevel configured)
      : log_(std::move(log)), configured_(configured) {}

  ~LogLevelControl();

  LogLevel level() const;
  // For ever, or for that time, after which the configured level comes back by itself.
  void set(LogLevel level, std::optional<std::chrono::milliseconds> time);
  // A new configuration; what is set for a while stays.
  void configure(LogLevel level);

 private:
  void wait_for_end();

  const Logger log_;
  mutable std::mutex mutex_;  // guards all below
  std::condition_variable changed_;
  LogLevel configured_;
  std::optional<LogLevel> set_;
  std::optional<std::chrono::steady_clock::time_point> ends_;
  bool stopping_ = false;
  std::thread thread_;  // only once there was an end to wait for
};

}  // namespace goakt::node
