#include "bench/harness/program.h"

#include "bench/harness/child.h"

#include <algorithm>
#include <cstdio>
#include <sstream>
#include <utility>

namespace goakt::bench {

namespace {

constexpr std::chrono::seconds kLimit{300};
constexpr std::string_view kThreads = "threads";

}  // namespace

Program::Program(std::string name, std::vector<std::string> command)
    : name_(std::move(name)), command_(std::move(command)) {}

bool Program::offers(std::string_view workload) {
  if (!is_listed_) {
    is_listed_ = true;
    auto command = command_;
    command.emplace_back("--list");
    const ChildResult listed = run_child(command, kLimit);
    trouble_ = listed.trouble;
    std::istringstream words(listed.out);
    for (std::string word; words >> word;) workloads_.push_back(word);
  }
  return std::find(workloads_.begin(), workloads_.end(), workload) != workloads_.end();
}

Output Program::run(const std::string& argument, bool quick) const {
  auto command = command_;
  command.push_back(argument);
  if (quick) command.emplace_back("--quick");
  const ChildResult child = run_child(command, kLimit);
  Output output = parse_output(child.out);
  output.trouble = child.trouble;
  if (output.trouble.empty() && output.figures.empty()) output.trouble = "printed no figure";
  return output;
}

Output parse_output(const std::string& text) {
  Output output;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    Figure figure;
    std::string rest;
    if (!(words >> figure.name >> figure.value >> figure.unit) || words >> rest) continue;
    if (figure.name == kThreads && figure.unit == kThreads) {
      output.threads = static_cast<unsigned>(figure.value);
    } else {
      output.figures.push_back(std::move(figure));
    }
  }
  return output;
}

void print_output(const Run& run) {
  for (const Figure& figure : run.figures())
    std::printf("%s %.9g %s\n", figure.name.c_str(), figure.value, figure.unit.c_str());
  std::printf("threads %u threads\n", run.threads());
}

}  // namespace goakt::bench
