#include "goakt/admin/rate_limit.h"

#include <algorithm>

namespace goakt::admin {

Duration RateLimit::Bucket::wait_for_one(double rate, TimePoint now) {
  const double passed = std::chrono::duration<double>(now - at).count();
  left = std::min(2 * rate, left + passed * rate);
  at = now;
  if (left >= 1) return {};
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>((1 - left) / rate));
}

Duration RateLimit::take(std::string_view caller, bool is_write) {
  if (rate_ <= 0) return {};
  const TimePoint now = clock_.now();
  std::lock_guard lock(mutex_);
  auto it = callers_.find(caller);
  if (it == callers_.end()) {
    if (callers_.size() >= kCallers) {
      callers_.erase(std::min_element(
          callers_.begin(), callers_.end(),
          [](const auto& a, const auto& b) { return a.second.all.at < b.second.all.at; }));
    }
    it = callers_.emplace(std::string(caller), Caller()).first;
    it->second.all = {2 * rate_, now};
    it->second.writes = {2 * writes_, now};
  }
  Caller& buckets = it->second;
  Duration wait = buckets.all.wait_for_one(rate_, now);
  if (is_write) wait = std::max(wait, buckets.writes.wait_for_one(writes_, now));
  if (wait.count() > 0) return wait;
  buckets.all.left -= 1;
  if (is_write) buckets.writes.left -= 1;
  return {};
}

}  // namespace goakt::admin
