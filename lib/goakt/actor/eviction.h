#pragma once

#include "goakt/base/export.h"
#include "goakt/base/result.h"

#include <cstddef>
#include <cstdint>
#include <string>

namespace goakt {

// Which actors go first when there are too many (GoAkt's numbers).
enum class EvictionPolicy : std::uint8_t {
  lru = 0,  // idle for longest, then fewest messages
  lfu = 1,  // fewest messages, then idle for longest
  mru = 2,  // idle for shortest, then most messages
};

// How many actors a node keeps (GoAkt's eviction strategy). Looked at every
// SystemOptions::eviction_interval; long-lived actors are not spared.
class GOAKT_API EvictionStrategy {
 public:
  // Above `limit` actors, `percentage` (0 to 100, others are brought into that range) of all are
  // stopped, and never fewer than are too many. Errors: invalid_argument (limit 0),
  // invalid_eviction_policy.
  [[nodiscard]] static Result<EvictionStrategy> create(std::size_t limit, EvictionPolicy policy,
                                                       int percentage);

  std::size_t limit() const { return limit_; }

  EvictionPolicy policy() const { return policy_; }

  int percentage() const { return percentage_; }

  // Of so many actors, how many have to go.
  std::size_t surplus(std::size_t actors) const;

  std::string describe() const;

 private:
  EvictionStrategy(std::size_t limit, EvictionPolicy policy, int percentage)
      : limit_(limit), policy_(policy), percentage_(percentage) {}

  std::size_t limit_;
  EvictionPolicy policy_;
  int percentage_;
};

// Ours: stops actors when memory runs short, whatever their number. Off at 0.
struct MemoryPressure {
  int percent = 0;           // of what the process may use (cgroup limit or RAM), by its RSS
  int evicted_percent = 10;  // of all actors, at least one each time
  EvictionPolicy policy = EvictionPolicy::lru;
};

}  // namespace goakt
