#include "bench/harness/options.h"

#include <charconv>
#include <sstream>
#include <string_view>

namespace goakt::bench {

const char* const kUsage = R"(usage: goakt_bench [options]
  --list            the workloads and what they do
  --only=REGEX      only workloads whose name contains a match
  --reps=N          repetitions, interleaved (default 5)
  --quick           a twentieth of the counts and one repetition: shows only that all runs
  --force           run although the machine is busy
  --json=FILE       write every value of every repetition
  --baseline=FILE   compare with the JSON of an earlier run: warns 10 % below, exit 4 30 % below
  --peer=NAME:CMD   run this program's workloads in turn with ours ('CMD --list', 'CMD WORKLOAD')
  --recorded=FILE   figures of peers that are not here, for the chained ratios
  --run=WORKLOAD    one repetition in this process, no table (for profilers)
exit: 0 fine, 1 a workload failed, 2 usage, 3 machine busy, 4 slower than the baseline
)";

namespace {

bool parse_peer(std::string_view value, Options& options) {
  const auto colon = value.find(':');
  if (colon == 0 || colon == std::string_view::npos) return false;
  std::vector<std::string> command;
  std::istringstream words{std::string(value.substr(colon + 1))};
  for (std::string word; words >> word;) command.push_back(word);
  if (command.empty()) return false;
  options.peers.emplace_back(std::string(value.substr(0, colon)), std::move(command));
  return true;
}

bool parse_count(std::string_view value, int& out) {
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), out);
  return error == std::errc{} && end == value.data() + value.size() && out >= 1 && out <= 1000;
}

}  // namespace

Options parse_options(int argc, const char* const* argv) {
  Options options;
  bool reps_given = false;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    const auto equals = argument.find('=');
    const std::string_view key = argument.substr(0, equals);
    const bool has_value = equals != std::string_view::npos;
    const std::string value(has_value ? argument.substr(equals + 1) : "");
    bool understood = !has_value;
    if (key == "--list" && !has_value) {
      options.list = true;
    } else if (key == "--quick" && !has_value) {
      options.quick = true;
    } else if (key == "--force" && !has_value) {
      options.force = true;
    } else if (key == "--reps" && has_value) {
      understood = reps_given = parse_count(value, options.reps);
    } else if (key == "--peer" && has_value) {
      understood = parse_peer(value, options);
    } else {
      std::string* text = key == "--only"       ? &options.only
                          : key == "--json"     ? &options.json
                          : key == "--baseline" ? &options.baseline
                          : key == "--recorded" ? &options.recorded
                          : key == "--run"      ? &options.run
                                                : nullptr;
      understood = text != nullptr && !value.empty();
      if (understood) *text = value;
    }
    if (!understood) {
      options.error = "not understood: " + std::string(argument);
      return options;
    }
  }
  if (options.quick && !reps_given) options.reps = 1;
  return options;
}

}  // namespace goakt::bench
