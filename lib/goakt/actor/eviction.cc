#include "goakt/actor/eviction.h"

#include <algorithm>

namespace goakt {

Result<EvictionStrategy> EvictionStrategy::create(std::size_t limit, EvictionPolicy policy,
                                                  int percentage) {
  if (limit == 0)
    return fail(ErrorCode::invalid_argument, "eviction limit must be greater than zero");
  if (policy > EvictionPolicy::mru) return fail(ErrorCode::invalid_eviction_policy);
  return EvictionStrategy(limit, policy, std::clamp(percentage, 0, 100));
}

std::size_t EvictionStrategy::surplus(std::size_t actors) const {
  if (actors <= limit_) return 0;
  return std::max(actors - limit_, actors * static_cast<std::size_t>(percentage_) / 100);
}

std::string EvictionStrategy::describe() const {
  static constexpr const char* kNames[] = {"LRU", "LFU", "MRU"};
  return "limit=" + std::to_string(limit_) +
         ", policy=" + kNames[static_cast<std::size_t>(policy_)] +
         ", percentage=" + std::to_string(percentage_);
}

}  // namespace goakt
