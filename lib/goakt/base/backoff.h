#pragma once

#include "goakt/base/clock.h"
#include "goakt/base/random.h"

#include <algorithm>

namespace goakt {

// GoAkt's delays between tries (PreStart, restarts, remote spawn): after n failed tries wait
// initial + r, where r is 2^n * U[initial, 2 * initial), or U[max/2, max) once that exceeds max.
struct RetryBackoff {
  Duration initial = std::chrono::milliseconds(1);
  Duration max = std::chrono::seconds(1);

  Duration after(unsigned failed_tries, Rng& rng) const noexcept {
    const auto jitter = [&rng](double base) { return base * (1.0 + rng.uniform()); };
    // In double, so that many tries or a long `initial` overflow into "beyond max".
    double r = jitter(static_cast<double>(initial.count()));
    for (unsigned i = 0; i < std::min(failed_tries, 64U); ++i) r *= 2;
    const auto limit = static_cast<double>(max.count());
    if (r > limit) r = jitter(limit / 2);
    return initial + Duration(static_cast<Duration::rep>(r));
  }
};

// The supervisor's delay before a restart: initial * 2^(faults-1), at most max. Both zero: none.
struct ExponentialBackoff {
  Duration initial = Duration::zero();
  Duration max = Duration::zero();

  Duration after(unsigned faults) const noexcept {
    Duration delay = std::min(initial, max);
    for (unsigned i = 1; i < faults && delay > Duration::zero() && delay < max; ++i)
      delay = delay > max / 2 ? max : delay * 2;
    return delay;
  }
};

}  // namespace goakt
