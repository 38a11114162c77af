#pragma once

#include "bench/harness/benchmark.h"
#include "bench/harness/statistics.h"

#include <string>
#include <string_view>
#include <vector>

namespace goakt::bench {

inline constexpr std::string_view kOurs = "goakt-cpp";
inline constexpr std::string_view kAnchors = "anchor";

// One figure of one program over all repetitions.
struct Series {
  std::string program;  // kOurs, kAnchors or a peer's name
  std::string workload;
  std::string name;
  std::string unit;
  std::vector<double> values;
  unsigned threads = 0;

  Summary summary() const { return summarize(values); }
};

// Everything that a run has measured, in the order of first appearance.
class Results {
 public:
  void add(std::string_view program, std::string_view workload, const Figure& figure,
           unsigned threads);
  const Series* find(std::string_view program, std::string_view name) const;

  const std::vector<Series>& all() const { return all_; }

  // The peers' names, in the order of first appearance.
  std::vector<std::string> peers() const;

 private:
  std::vector<Series> all_;
};

}  // namespace goakt::bench
