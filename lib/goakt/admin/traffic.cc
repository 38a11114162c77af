#include "goakt/admin/traffic.h"

namespace goakt::admin {

void Traffic::count(std::string_view route, int status, Duration took) {
  const double seconds = std::chrono::duration<double>(took).count();
  std::lock_guard lock(mutex_);
  Series& series = series_[{std::string(route), status}];
  ++series.count;
  series.seconds += seconds;
  for (std::size_t i = 0; i < kBuckets.size(); ++i)
    if (seconds <= kBuckets[i]) ++series.buckets[i];
}

std::vector<Traffic::Series> Traffic::series() const {
  std::vector<Series> all;
  std::lock_guard lock(mutex_);
  for (const auto& [key, series] : series_) {
    all.push_back(series);
    all.back().route = key.first;
    all.back().status = key.second;
  }
  return all;
}

Traffic::Slot Traffic::take(std::atomic<std::size_t>& counter, std::size_t most) {
  if (counter.fetch_add(1) >= most) {
    counter.fetch_sub(1);
    return nullptr;
  }
  return Slot(&counter,
              [](void* held) { static_cast<std::atomic<std::size_t>*>(held)->fetch_sub(1); });
}

}  // namespace goakt::admin
