#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

// What the workloads share: counts and figures, printed as "name value unit".

using Clock = std::chrono::steady_clock;
using Count = std::uint64_t;

inline bool is_quick = false;

inline Count scaled(Count full) {
  return is_quick ? (full + 19) / 20 : full;
}

inline double nanoseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::nano>(Clock::now() - start).count();
}

inline void report(const std::string& name, double value, const char* unit) {
  std::printf("%s %.9g %s\n", name.c_str(), value, unit);
}

// The mean comes from a loop without clock reads, the percentiles from a second one.
template <class Ask>
void report_ask(const std::string& name, Count count, Ask ask) {
  const auto start = Clock::now();
  for (Count i = 0; i < count; ++i) ask();
  report(name, nanoseconds_since(start) / static_cast<double>(count), "ns");
  std::vector<double> samples;
  samples.reserve(count);
  for (Count i = 0; i < count; ++i) {
    const auto before = Clock::now();
    ask();
    samples.push_back(nanoseconds_since(before));
  }
  std::sort(samples.begin(), samples.end());
  report(name + ".p50", samples[samples.size() / 2], "ns");
  report(name + ".p99", samples[samples.size() * 99 / 100], "ns");
}
