#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace goakt::bench {

// Above this quotient of the largest and the smallest repetition a figure is called noisy.
inline constexpr double kNoisyRatio = 1.5;

struct Summary {
  double median = 0;
  double min = 0;
  double max = 0;

  bool is_noisy() const { return min > 0 ? max / min > kNoisyRatio : max > 0; }
};

inline Summary summarize(std::vector<double> values) {
  if (values.empty()) return {};
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  const double median =
      values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
  return {median, values.front(), values.back()};
}

}  // namespace goakt::bench
