#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace goakt::bench {

// How a child process ended and what it wrote to its standard output.
struct ChildResult {
  std::string out;
  int exit_code = 0;    // -1 when it did not exit by itself
  std::string trouble;  // "" when the exit code is 0
};

// Runs a program to its end; kills it (and its process group) when it takes longer than that.
// Standard error is passed through. Called from one thread.
ChildResult run_child(const std::vector<std::string>& command, std::chrono::seconds limit);

}  // namespace goakt::bench
