// The published benchmarks: `goakt_bench --help`.

#include "bench/anchors/anchors.h"
#include "bench/harness/baseline.h"
#include "bench/harness/driver.h"
#include "bench/harness/machine.h"
#include "bench/harness/options.h"
#include "bench/harness/program.h"
#include "bench/harness/report.h"

#include <algorithm>
#include <cstdio>
#include <regex>
#include <string_view>

namespace {

using namespace goakt::bench;

enum Exit : int { kFine = 0, kFailed = 1, kUsageError = 2, kBusy = 3, kSlower = 4 };

int usage_error(const std::string& error) {
  std::fprintf(stderr, "goakt_bench: %s\n%s", error.c_str(), kUsage);
  return kUsageError;
}

int list() {
  for (const Benchmark& benchmark : benchmarks())
    std::printf("%-14s %s\n", benchmark.name, benchmark.what);
  return kFine;
}

// The child's role: one workload, or the anchors, in this process.
int run_one(const Options& options) {
  constexpr std::uint64_t kQuickDivisor = 20;
  if (options.run == "anchors") {
    Run run("", options.quick);
    for (const Anchor& anchor : kAllAnchors)
      run.report(anchor.name, anchor.measure(options.quick ? kQuickDivisor : 1), anchor.unit);
    print_output(run);
    return kFine;
  }
  const Benchmark* benchmark = find_benchmark(options.run);
  if (benchmark == nullptr) return usage_error("no workload is called " + options.run);
  Run run(benchmark->name, options.quick);
  benchmark->body(run);
  print_output(run);
  return kFine;
}

int measure_all(const Options& options, const std::string& self) {
  std::string trouble;
  Recorded recorded;
  if (!options.recorded.empty()) recorded = Recorded::load(options.recorded, trouble);
  Baseline baseline;
  if (!options.baseline.empty()) baseline = Baseline::load(options.baseline, trouble);
  if (!trouble.empty()) return usage_error(trouble);
  if (!options.baseline.empty() && baseline.is_quick != options.quick)
    return usage_error("--quick figures and full ones cannot be compared");
  try {
    const std::regex only(options.only, std::regex::ECMAScript);
    const auto& all = benchmarks();
    if (!options.only.empty() && std::none_of(all.begin(), all.end(), [&](const Benchmark& b) {
          return std::regex_search(b.name, only);
        }))
      return usage_error("no workload matches '" + options.only + "'");
  } catch (const std::regex_error& error) {
    return usage_error("--only: " + std::string(error.what()));
  }
  if (const double load = load_average(); load > kMaxLoad && !options.force) {
    std::fprintf(stderr,
                 "goakt_bench: the machine is busy (1-minute load %.2f, limit %.1f); wait, or "
                 "--force\n",
                 load, kMaxLoad);
    return kBusy;
  }
  const Measured measured = measure(options, self);
  print_tables(measured.results, recorded);
  if (!options.json.empty() && !write_json(options.json, measured.results, options)) {
    std::fprintf(stderr, "goakt_bench: cannot write %s\n", options.json.c_str());
    return kFailed;
  }
  if (measured.has_failures) return kFailed;
  if (!options.baseline.empty() && print_changes(compare(measured.results, baseline)))
    return kSlower;
  return kFine;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 2 && (std::string_view(argv[1]) == "--help" || std::string_view(argv[1]) == "-h")) {
    std::fputs(kUsage, stdout);
    return kFine;
  }
  const Options options = parse_options(argc, argv);
  if (!options.error.empty()) return usage_error(options.error);
  if (options.list) return list();
  if (!options.run.empty()) return run_one(options);
  return measure_all(options, "/proc/self/exe");
}
