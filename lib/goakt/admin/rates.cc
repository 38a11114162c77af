#include "goakt/admin/rates.h"

#include <algorithm>

namespace goakt::admin {

namespace {

// Two who watch the same actor must not shorten each other's window.
constexpr std::chrono::milliseconds kShortest{500};
constexpr std::chrono::minutes kLongest{1};

Rates::Rate rate_over(std::uint64_t messages, std::chrono::duration<double> window) {
  const double seconds = std::max(window.count(), 1e-3);
  return {static_cast<double>(messages) / seconds, seconds};
}

}  // namespace

Rates::Rate Rates::of(const Pid& pid, Clock::time_point now) {
  const std::uint64_t processed = pid.processed_count();
  std::lock_guard lock(mutex_);
  const auto found = looks_.find(pid);
  if (found != looks_.end() && now - found->second.at <= kLongest) {
    Look& look = found->second;
    if (now - look.at < kShortest) return look.rate;
    look = {now, processed,
            rate_over(processed - std::min(processed, look.processed), now - look.at)};
    return look.rate;
  }
  const Rate rate = rate_over(processed, pid.uptime());
  if (found == looks_.end() && looks_.size() >= kMostLooks)
    std::erase_if(looks_, [&](const auto& entry) { return now - entry.second.at > kLongest; });
  if (found != looks_.end() || looks_.size() < kMostLooks)
    looks_.insert_or_assign(pid, Look{now, processed, rate});
  return rate;
}

}  // namespace goakt::admin
