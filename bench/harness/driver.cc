#include "bench/harness/driver.h"

#include "bench/harness/program.h"

#include <cstdio>
#include <regex>

namespace goakt::bench {

namespace {

class Driver {
 public:
  Driver(const Options& options, const std::string& self)
      : quick_(options.quick), ours_(std::string(kOurs), {self}) {
    const std::regex only(options.only, std::regex::ECMAScript);
    for (const Benchmark& benchmark : benchmarks())
      if (std::regex_search(benchmark.name, only)) workloads_.emplace_back(benchmark.name);
    for (const auto& [name, command] : options.peers) peers_.emplace_back(name, command);
  }

  void repeat(int repetition, const std::vector<std::string>& workloads) {
    std::fprintf(stderr, "repetition %d: anchors", repetition);
    run(std::string(kAnchors), "anchors", ours_, "--run=anchors");
    for (const std::string& workload : workloads) {
      std::fprintf(stderr, ", %s", workload.c_str());
      run(ours_.name(), workload, ours_, "--run=" + workload);
      for (Program& peer : peers_)
        if (peer.offers(workload)) run(peer.name(), workload, peer, workload);
    }
    std::fprintf(stderr, "\n");
  }

  // The workloads with a main figure of ours whose repetitions differ too much.
  std::vector<std::string> noisy() const {
    std::vector<std::string> names;
    for (const std::string& workload : workloads_) {
      const Series* series = first_series(workload);
      if (series != nullptr && series->summary().is_noisy()) names.push_back(workload);
    }
    return names;
  }

  const std::vector<std::string>& workloads() const { return workloads_; }

  Measured finish() {
    for (const Program& peer : peers_) {
      if (peer.trouble().empty()) continue;
      std::fprintf(stderr, "%s: --list: %s\n", peer.name().c_str(), peer.trouble().c_str());
      measured_.has_failures = true;
    }
    return std::move(measured_);
  }

 private:
  const Series* first_series(const std::string& workload) const {
    for (const Series& series : measured_.results.all())
      if (series.program == kOurs && series.workload == workload) return &series;
    return nullptr;
  }

  void run(const std::string& as, const std::string& workload, const Program& program,
           const std::string& argument) {
    const Output output = program.run(argument, quick_);
    if (!output.trouble.empty()) {
      std::fprintf(stderr, "\n%s: %s: %s\n", as.c_str(), workload.c_str(), output.trouble.c_str());
      measured_.has_failures = true;
      return;
    }
    for (const Figure& figure : output.figures)
      measured_.results.add(as, workload, figure, output.threads);
  }

  bool quick_;
  Program ours_;
  std::vector<Program> peers_;
  std::vector<std::string> workloads_;
  Measured measured_;
};

}  // namespace

Measured measure(const Options& options, const std::string& self) {
  Driver driver(options, self);
  for (int r = 1; r <= options.reps; ++r) driver.repeat(r, driver.workloads());
  if (!options.quick) {
    for (int r = options.reps + 1; r <= kMaxReps; ++r) {
      const auto noisy = driver.noisy();
      if (noisy.empty()) break;
      driver.repeat(r, noisy);
    }
  }
  return driver.finish();
}

}  // namespace goakt::bench
