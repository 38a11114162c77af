#include "bench/harness/results.h"

#include <algorithm>

namespace goakt::bench {

void Results::add(std::string_view program, std::string_view workload, const Figure& figure,
                  unsigned threads) {
  auto place = std::find_if(all_.begin(), all_.end(), [&](const Series& series) {
    return series.program == program && series.name == figure.name;
  });
  if (place == all_.end()) {
    all_.push_back({std::string(program), std::string(workload), figure.name, figure.unit, {}, 0});
    place = all_.end() - 1;
  }
  place->values.push_back(figure.value);
  place->threads = std::max(place->threads, threads);
}

const Series* Results::find(std::string_view program, std::string_view name) const {
  for (const Series& series : all_)
    if (series.program == program && series.name == name) return &series;
  return nullptr;
}

std::vector<std::string> Results::peers() const {
  std::vector<std::string> names;
  for (const Series& series : all_) {
    if (series.program == kOurs || series.program == kAnchors) continue;
    if (std::find(names.begin(), names.end(), series.program) == names.end())
      names.push_back(series.program);
  }
  return names;
}

}  // namespace goakt::bench
