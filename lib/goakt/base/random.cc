#include "goakt/base/random.h"

#include <sys/random.h>
#include <time.h>

namespace goakt {

std::uint64_t Rng::entropy() noexcept {
  std::uint64_t seed = 0;
  if (getrandom(&seed, sizeof seed, 0) == sizeof seed) return seed;
  // Only a kernel that forbids the call comes here; the clock still differs between processes.
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  return static_cast<std::uint64_t>(now.tv_nsec) ^ (static_cast<std::uint64_t>(now.tv_sec) << 30);
}

Rng& Rng::local() noexcept {
  static thread_local Rng rng(entropy());
  return rng;
}

}  // namespace goakt
