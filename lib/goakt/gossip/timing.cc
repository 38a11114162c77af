#include "goakt/gossip/timing.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

namespace goakt::gossip {

unsigned retransmit_limit(unsigned multiplier, std::size_t n) {
  unsigned digits = 0;
  for (; n > 0; n /= 10) ++digits;
  return multiplier * digits;
}

Duration push_pull_interval(Duration base, std::size_t n) {
  constexpr std::size_t kThreshold = 32;
  if (n <= kThreshold) return base;
  // ceil(log2(n) - log2(32)) + 1
  return base * (std::bit_width(n - 1) - std::bit_width(kThreshold - 1) + 1);
}

SuspicionTimes suspicion_times(unsigned multiplier, unsigned max_multiplier,
                               Duration probe_interval, std::size_t n) {
  const auto scale = std::max(1.0, std::log10(std::max(1.0, static_cast<double>(n))));
  SuspicionTimes times;
  times.min = multiplier * static_cast<std::int64_t>(scale * 1000) * probe_interval / 1000;
  times.max = max_multiplier * times.min;
  // There must be enough others to confirm: without this member and the suspect.
  const auto wanted = multiplier > 2 ? multiplier - 2 : 0;
  times.confirmations = n >= std::size_t{2} + wanted ? wanted : 0;
  return times;
}

Duration suspicion_timeout(const SuspicionTimes& times, unsigned confirmed) {
  if (times.confirmations == 0) return times.min;
  if (confirmed == 0) return times.max;
  using Seconds = std::chrono::duration<double>;
  const auto share = std::log(confirmed + 1.0) / std::log(times.confirmations + 1.0);
  const auto max = Seconds(times.max).count();
  const auto min = Seconds(times.min).count();
  const auto ms = static_cast<std::int64_t>(std::floor((max - share * (max - min)) * 1000.0));
  return std::max<Duration>(std::chrono::milliseconds(ms), times.min);
}

}  // namespace goakt::gossip
