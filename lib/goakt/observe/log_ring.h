#pragma once

#include "goakt/base/export.h"
#include "goakt/base/log.h"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace goakt::observe {

// One line of the log, as JSON.
struct LogLine {
  std::uint64_t id = 0;
  WallTime time;
  LogLevel level = LogLevel::info;
  std::string logger;
  std::string json;
};

// Keeps the last lines of the log in memory, for `log tail` and the debug bundle, and passes all on
// to where they go anyway. Never blocks whoever logs on a reader. Any thread.
class GOAKT_API LogRing final : public LogSink {
 public:
  static constexpr std::size_t kKept = 10'000;

  // `next` may be null.
  explicit LogRing(std::shared_ptr<LogSink> next, std::size_t kept = kKept)
      : next_(std::move(next)), capacity_(kept) {}

  void write(const LogRecord& record) noexcept override;
  void flush() noexcept override;

  struct Tail {
    std::vector<LogLine> lines;
    std::uint64_t missed = 0;  // that were gone already
  };

  // Up to `most` lines after that id (0: from the oldest), oldest first; waits for the first one.
  Tail after(std::uint64_t id, std::size_t most, std::chrono::milliseconds wait);
  std::uint64_t last_id() const;

 private:
  const std::shared_ptr<LogSink> next_;
  const std::size_t capacity_;
  mutable std::mutex mutex_;  // guards all below
  std::condition_variable arrived_;
  std::deque<LogLine> lines_;
  std::uint64_t last_id_ = 0;
};

}  // namespace goakt::observe
