#pragma once

#include "tests/simulation/membership/cluster.h"

#include <cstdint>
#include <string_view>
#include <vector>

namespace sim::membership {

// One run of a cluster; a seed chooses everything in it. Throws a Violation.
struct Scenario {
  std::string_view name;
  void (*run)(Cluster& cluster);
};

const std::vector<Scenario>& scenarios();

// `members` join one seed at once at 5 % loss, then 30 % of them crash. Prints figures.
void storm(std::uint64_t seed, std::size_t members);

}  // namespace sim::membership
