#include "goakt/node/log_level.h"

namespace goakt::node {

LogLevelControl::~LogLevelControl() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

LogLevel LogLevelControl::level() const {
  std::lock_guard lock(mutex_);
  return set_.value_or(configured_);
}

void LogLevelControl::set(LogLevel level, std::optional<std::chrono::milliseconds> time) {
  {
    std::lock_guard lock(mutex_);
    set_ = level;
    ends_.reset();
    if (time) ends_ = std::chrono::steady_clock::now() + *time;
    if (ends_ && !thread_.joinable()) thread_ = std::thread([this] { wait_for_end(); });
    log_.set_level(level);
  }
  changed_.notify_all();
}

void LogLevelControl::configure(LogLevel level) {
  std::lock_guard lock(mutex_);
  configured_ = level;
  if (!ends_) set_.reset();
  if (!set_) log_.set_level(level);
}

void LogLevelControl::wait_for_end() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (!ends_) {
      changed_.wait(lock);
    } else if (std::chrono::steady_clock::now() < *ends_) {
      changed_.wait_until(lock, *ends_);
    } else {
      ends_.reset();
      set_.reset();
      log_.set_level(configured_);
    }
  }
}

}  // namespace goakt::node
