#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// What a workload's author needs: a name, a body, and a Run to report figures to.
//
//   GOAKT_BENCHMARK("tell-1-1", "one thread, one actor") {
//     ...set up...
//     run.report_rate("msg/s", 4'000'000, [&](std::uint64_t count) { ...send and wait... });
//   }
//
// A body runs in a process of its own, once per repetition, so that neither the heap nor the
// threads of one workload touch the figures of the next.
namespace goakt::bench {

using Clock = std::chrono::steady_clock;

inline double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// One number of one repetition: "tell-1-1" 27e6 "msg/s", "ask.p99" 350 "ns".
struct Figure {
  std::string name;
  double value = 0;
  std::string unit;
};

// Sizes and times; everything else is a rate or a count where more is better.
bool lower_is_better(std::string_view unit);

class Run {
 public:
  Run(std::string_view workload, bool quick) : workload_(workload), quick_(quick) {}

  // The workload's count, or a twentieth of it in a smoke run.
  std::uint64_t count(std::uint64_t full) const { return quick_ ? (full + 19) / 20 : full; }

  bool is_quick() const { return quick_; }

  // The metric is "" for the workload's main figure, which comes first, else a suffix of its name.
  void report(std::string_view metric, double value, std::string_view unit);

  // Runs pass(count / 10) uncounted, then pass(count) timed; returns the seconds of the latter.
  template <class Pass>
  double timed(std::uint64_t full, Pass&& pass) {
    const std::uint64_t n = count(full);
    pass((n + 9) / 10);
    const auto start = Clock::now();
    pass(n);
    return seconds_since(start);
  }

  template <class Pass>
  void report_rate(std::string_view metric, std::string_view unit, std::uint64_t full,
                   Pass&& pass) {
    const double seconds = timed(full, pass);
    report(metric, static_cast<double>(count(full)) / seconds, unit);
  }

  // Mean nanoseconds of one of `full` sequential operations.
  template <class Pass>
  void report_nanoseconds(std::string_view metric, std::uint64_t full, Pass&& pass) {
    const double seconds = timed(full, pass);
    report(metric, seconds * 1e9 / static_cast<double>(count(full)), "ns");
  }

  // The 50th and 99th percentile as "<prefix>p50" and "<prefix>p99". Sorts the samples in place.
  void report_percentiles(std::string_view prefix, std::vector<std::uint32_t>& nanoseconds);

  const std::vector<Figure>& figures() const { return figures_; }

  // The most threads seen alive when something was reported.
  unsigned threads() const { return threads_; }

 private:
  std::string workload_;
  bool quick_;
  unsigned threads_ = 0;
  std::vector<Figure> figures_;
};

struct Benchmark {
  const char* name;
  const char* what;
  void (*body)(Run&);
};

// In the order of the names.
const std::vector<Benchmark>& benchmarks();
const Benchmark* find_benchmark(std::string_view name);

struct Registration {
  Registration(const char* name, const char* what, void (*body)(Run&));
};

}  // namespace goakt::bench

#define GOAKT_BENCHMARK_CONCAT_(a, b) a##b
#define GOAKT_BENCHMARK_CONCAT(a, b) GOAKT_BENCHMARK_CONCAT_(a, b)
#define GOAKT_BENCHMARK_(id, name, what)                                              \
  static void GOAKT_BENCHMARK_CONCAT(benchmark_body_, id)(::goakt::bench::Run & run); \
  static const ::goakt::bench::Registration GOAKT_BENCHMARK_CONCAT(benchmark_, id)(   \
      name, what, &GOAKT_BENCHMARK_CONCAT(benchmark_body_, id));                      \
  static void GOAKT_BENCHMARK_CONCAT(benchmark_body_, id)(::goakt::bench::Run & run)
#define GOAKT_BENCHMARK(name, what) GOAKT_BENCHMARK_(__LINE__, name, what)
