#pragma once

#include "bench/harness/benchmark.h"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace goakt::bench {

// What one start of a program measured.
struct Output {
  std::vector<Figure> figures;
  unsigned threads = 0;
  std::string trouble;  // "" when it ended well
};

// A program that runs one workload per start and prints one line per figure, "name value unit".
// We are one (`goakt_bench --run=WORKLOAD`), and so is every peer (`PEER WORKLOAD`).
class Program {
 public:
  Program(std::string name, std::vector<std::string> command);

  const std::string& name() const { return name_; }

  // Asks the program, once, by `--list`.
  bool offers(std::string_view workload);
  Output run(const std::string& argument, bool quick) const;

  // Why --list failed, or "".
  const std::string& trouble() const { return trouble_; }

 private:
  std::string name_;
  std::vector<std::string> command_;
  bool is_listed_ = false;
  std::vector<std::string> workloads_;
  std::string trouble_;
};

// The figures in such lines; "threads N threads" is not one of them. Lines of another form are
// skipped: peers' runtimes print warnings too.
Output parse_output(const std::string& text);
void print_output(const Run& run);

}  // namespace goakt::bench
