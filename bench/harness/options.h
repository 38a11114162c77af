#pragma once

#include <string>
#include <utility>
#include <vector>

namespace goakt::bench {

struct Options {
  bool list = false;
  bool quick = false;
  bool force = false;
  int reps = 5;
  std::string only;      // regular expression over workload names
  std::string json;      // where to write the results
  std::string baseline;  // results of an earlier run to compare with
  std::string recorded;  // figures of peers that are not run here
  std::string run;       // child role: this one workload, figures on standard output
  // Programs to run beside ours: name, command.
  std::vector<std::pair<std::string, std::vector<std::string>>> peers;

  std::string error;  // "" when the command line was understood
};

Options parse_options(int argc, const char* const* argv);
extern const char* const kUsage;

}  // namespace goakt::bench
