#include "goakt/observe/log_ring.h"

#include "goakt/base/log_format.h"

#include <algorithm>

namespace goakt::observe {

void LogRing::write(const LogRecord& record) noexcept {
  try {
    LogLine line{0, record.time, record.level, std::string(record.logger), {}};
    format_log(record, LogFormat::json, line.json);
    std::lock_guard lock(mutex_);
    line.id = ++last_id_;
    lines_.push_back(std::move(line));
    if (lines_.size() > capacity_) lines_.pop_front();
  } catch (const std::bad_alloc&) {
    // The line is lost here alone: it still goes on.
  }
  arrived_.notify_all();
  if (next_) next_->write(record);
}

void LogRing::flush() noexcept {
  if (next_) next_->flush();
}

LogRing::Tail LogRing::after(std::uint64_t id, std::size_t most, std::chrono::milliseconds wait) {
  Tail tail;
  std::unique_lock lock(mutex_);
  arrived_.wait_for(lock, wait, [&] { return last_id_ > id; });
  if (lines_.empty()) return tail;
  const std::uint64_t first = lines_.front().id;
  if (id != 0 && id + 1 < first) tail.missed = first - id - 1;
  const std::size_t from = id < first ? 0 : static_cast<std::size_t>(id + 1 - first);
  for (std::size_t i = from; i < lines_.size() && tail.lines.size() < most; ++i)
    tail.lines.push_back(lines_[i]);
  return tail;
}

std::uint64_t LogRing::last_id() const {
  std::lock_guard lock(mutex_);
  return last_id_;
}

}  // namespace goakt::observe
