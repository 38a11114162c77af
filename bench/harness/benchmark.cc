#include "bench/harness/benchmark.h"

#include "bench/harness/machine.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace goakt::bench {

namespace {

std::vector<Benchmark>& mutable_benchmarks() {
  static std::vector<Benchmark> all;
  return all;
}

std::uint32_t percentile(const std::vector<std::uint32_t>& sorted, std::size_t percent) {
  return sorted[std::min(sorted.size() - 1, sorted.size() * percent / 100)];
}

}  // namespace

bool lower_is_better(std::string_view unit) {
  constexpr std::string_view kCosts[] = {"ns",           "s",       "B",   "B/actor",
                                         "B/connection", "threads", "%cpu"};
  return std::find(std::begin(kCosts), std::end(kCosts), unit) != std::end(kCosts);
}

void Run::report(std::string_view metric, double value, std::string_view unit) {
  std::string name = workload_;
  if (!name.empty() && !metric.empty()) name += '.';
  name += metric;
  figures_.push_back({std::move(name), value, std::string(unit)});
  threads_ = std::max(threads_, thread_count());
}

void Run::report_percentiles(std::string_view prefix, std::vector<std::uint32_t>& nanoseconds) {
  if (nanoseconds.empty()) return;
  std::sort(nanoseconds.begin(), nanoseconds.end());
  report(std::string(prefix) + "p50", percentile(nanoseconds, 50), "ns");
  report(std::string(prefix) + "p99", percentile(nanoseconds, 99), "ns");
}

const std::vector<Benchmark>& benchmarks() {
  return mutable_benchmarks();
}

const Benchmark* find_benchmark(std::string_view name) {
  for (const Benchmark& benchmark : benchmarks())
    if (name == benchmark.name) return &benchmark;
  return nullptr;
}

Registration::Registration(const char* name, const char* what, void (*body)(Run&)) {
  auto& all = mutable_benchmarks();
  const auto place = std::find_if(all.begin(), all.end(), [&](const Benchmark& other) {
    return std::string_view(name) < other.name;
  });
  all.insert(place, {name, what, body});
}

}  // namespace goakt::bench
