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
  // Two plain thread-locals instead of one that needs a guard and a dynamic initialiser.
  static constinit thread_local Rng rng(0);
  static constinit thread_local bool seeded = false;
  if (!seeded) [[unlikely]] {
    rng = Rng(entropy());
    seeded = true;
  }
  return rng;
}

}  // namespace goakt
