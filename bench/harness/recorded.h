#pragma once

#include "bench/harness/statistics.h"

#include <map>
#include <string>
#include <string_view>

namespace goakt::bench {

// Figures of peers that were measured elsewhere, once, with the same workloads (recorded.json).
// Only ratios between them mean anything on another machine.
class Recorded {
 public:
  // Empty when the file cannot be read; `trouble` says why.
  static Recorded load(const std::string& file, std::string& trouble);

  void add(std::string peer, std::string figure, Summary summary);
  const Summary* find(std::string_view peer, std::string_view figure) const;

  bool is_empty() const { return figures_.empty(); }

 private:
  std::map<std::string, Summary, std::less<>> figures_;  // by "peer/figure"
};

}  // namespace goakt::bench
