#include "goakt/actor/internal/evictor.h"

#include "goakt/actor/internal/system.h"
#include "goakt/base/memory.h"

#include <algorithm>
#include <tuple>

namespace goakt::internal {

namespace {

// Percent of what the process may use.
int memory_in_use(const SystemOptions& options) {
  if (options.memory_usage_percent) return options.memory_usage_percent();
  const std::uint64_t limit = memory::limit();
  return limit == 0 ? 0 : static_cast<int>(memory::resident() * 100 / limit);
}

}  // namespace

void Evictor::start() {
  const SystemOptions& options = system_.options;
  if (!options.eviction && options.memory_pressure.percent <= 0) return;
  std::lock_guard lock(mutex_);
  running_ = true;
  arm();
}

void Evictor::stop() {
  std::lock_guard lock(mutex_);
  running_ = false;
  system_.timers.cancel(timer_);
}

void Evictor::arm() {
  timer_ = system_.timers.after(system_.options.eviction_interval, [this] {
    if (system_.dispatcher.seeded())
      round();
    else
      system_.dispatcher.blocking().submit([this] { round(); });
  });
}

void Evictor::round() {
  {
    std::lock_guard lock(mutex_);
    if (!running_) return;
  }
  const SystemOptions& options = system_.options;
  const std::size_t actors = system_.facade->num_actors();
  if (options.eviction)
    if (const std::size_t surplus = options.eviction->surplus(actors); surplus != 0)
      evict(options.eviction->policy(), surplus);
  const MemoryPressure& pressure = options.memory_pressure;
  if (pressure.percent > 0 && memory_in_use(options) >= pressure.percent) {
    const std::size_t share =
        actors * static_cast<std::size_t>(std::clamp(pressure.evicted_percent, 0, 100)) / 100;
    evict(pressure.policy, std::max<std::size_t>(share, 1));
  }
  std::lock_guard lock(mutex_);
  if (running_) arm();
}

std::vector<Pid> Evictor::candidates(EvictionPolicy policy) const {
  // GoAkt compares whole seconds of activity; the spawn's number makes the rest of the order plain.
  struct Candidate {
    std::uint64_t activity;
    std::uint64_t processed;
    std::uint64_t sequence;
    Pid pid;
  };

  std::vector<Candidate> found;
  for (const Pid& pid : system_.facade->actors()) {
    const Cell& cell = *PidAccess::cell(pid);
    found.push_back({cell.last_activity_ms.load(std::memory_order_relaxed) / 1'000,
                     cell.processed.load(std::memory_order_relaxed), cell.spawn_sequence, pid});
  }
  std::sort(found.begin(), found.end(), [policy](const Candidate& a, const Candidate& b) {
    switch (policy) {
      case EvictionPolicy::lfu:
        return std::tie(a.processed, a.activity, a.sequence) <
               std::tie(b.processed, b.activity, b.sequence);
      case EvictionPolicy::mru:
        return std::tie(b.activity, b.processed, a.sequence) <
               std::tie(a.activity, a.processed, b.sequence);
      default:
        return std::tie(a.activity, a.processed, a.sequence) <
               std::tie(b.activity, b.processed, b.sequence);
    }
  });
  std::vector<Pid> pids;
  pids.reserve(found.size());
  for (const Candidate& candidate : found) pids.push_back(candidate.pid);
  return pids;
}

void Evictor::evict(EvictionPolicy policy, std::size_t count) {
  std::vector<Pid> pids = candidates(policy);
  pids.resize(std::min(count, pids.size()));
  for (const Pid& pid : pids) request_stop(pid, StopMode::stop, nullptr);
}

}  // namespace goakt::internal
