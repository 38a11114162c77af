#pragma once

#include "bench/harness/results.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace goakt::bench {

// Figures of ours from an earlier --json, each with the anchors of its run.
struct Baseline {
  struct Entry {
    double median = 0;
    std::map<std::string, double, std::less<>> anchors;
  };

  std::map<std::string, Entry, std::less<>> figures;
  bool is_quick = false;

  // Empty when the file cannot be read; `trouble` says why.
  static Baseline load(const std::string& file, std::string& trouble);
};

inline constexpr double kWarnBelow = 0.9;
inline constexpr double kFailBelow = 0.7;

// How a figure stands against the baseline: 0.85 means 15 % worse. Both sides were divided by the
// anchor of their own run first, where the figure has one.
struct Change {
  std::string figure;
  double ratio = 1;
};

std::vector<Change> compare(const Results& results, const Baseline& baseline);

// Prints what got worse; true when something is worse than kFailBelow.
bool print_changes(const std::vector<Change>& changes);

}  // namespace goakt::bench
