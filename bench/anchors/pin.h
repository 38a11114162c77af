#pragma once

#include <optional>
#include <sched.h>

namespace goakt::bench {

// The calling thread stays on that CPU; a refusal leaves it where it is.
inline void pin(std::optional<int> cpu) {
  if (!cpu) return;
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(*cpu, &set);
  sched_setaffinity(0, sizeof set, &set);
}

}  // namespace goakt::bench
