#include "bench/harness/machine.h"
#include "bench/harness/report.h"

#include <nlohmann/json.hpp>

#include <fstream>

namespace goakt::bench {

bool write_json(const std::string& file, const Results& results, const Options& options) {
  nlohmann::ordered_json anchors;
  for (const Series& series : results.all())
    if (series.program == kAnchors) anchors[series.name] = series.summary().median;
  std::ofstream out(file);
  const char* separator = "[\n";
  for (const Series& series : results.all()) {
    const Summary summary = series.summary();
    nlohmann::ordered_json object;
    object["program"] = series.program;
    object["name"] = series.name;
    object["unit"] = series.unit;
    object["reps"] = series.values.size();
    object["median"] = summary.median;
    object["min"] = summary.min;
    object["max"] = summary.max;
    object["noisy"] = summary.is_noisy();
    object["values"] = series.values;
    object["anchors"] = anchors;
    object["threads"] = series.threads;
    object["cpus"] = cpu_count();
    object["compiler"] = compiler();
    object["git"] = git_revision();
    object["quick"] = options.quick;
    out << separator << object.dump();
    separator = ",\n";
  }
  out << "\n]\n";
  out.close();
  return !out.fail();
}

}  // namespace goakt::bench
