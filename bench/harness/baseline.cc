#include "bench/harness/baseline.h"

#include "bench/harness/goals.h"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <fstream>

namespace goakt::bench {

namespace {

// "More is better", in units of the anchor. Anchors that are rates divide; those that are times
// multiply.
double normalized(double median, std::string_view unit, double anchor, bool anchor_is_time) {
  const double rate = lower_is_better(unit) ? 1 / median : median;
  if (anchor <= 0) return rate;
  return anchor_is_time ? rate * anchor : rate / anchor;
}

}  // namespace

Baseline Baseline::load(const std::string& file, std::string& trouble) {
  Baseline baseline;
  try {
    std::ifstream in(file);
    if (!in) {
      trouble = "cannot read " + file;
      return baseline;
    }
    for (const auto& object : nlohmann::json::parse(in)) {
      if (object.at("program") != kOurs) continue;
      Entry entry;
      entry.median = object.at("median").get<double>();
      for (const auto& [name, value] : object.at("anchors").items())
        entry.anchors[name] = value.get<double>();
      baseline.is_quick = object.at("quick").get<bool>();
      baseline.figures[object.at("name").get<std::string>()] = std::move(entry);
    }
  } catch (const nlohmann::json::exception& error) {
    trouble = file + ": " + error.what();
    return {};
  }
  return baseline;
}

std::vector<Change> compare(const Results& results, const Baseline& baseline) {
  std::vector<Change> changes;
  for (const Series& series : results.all()) {
    if (series.program != kOurs) continue;
    const auto found = baseline.figures.find(series.name);
    const double median = series.summary().median;
    if (found == baseline.figures.end() || found->second.median <= 0 || median <= 0) continue;
    double anchor_now = 0;
    double anchor_then = 0;
    bool is_time = false;
    if (const char* name = baseline_anchor(series.name, series.unit)) {
      const Series* anchor = results.find(kAnchors, name);
      const auto then = found->second.anchors.find(name);
      if (anchor != nullptr && then != found->second.anchors.end()) {
        anchor_now = anchor->summary().median;
        anchor_then = then->second;
        is_time = lower_is_better(anchor->unit);
      }
    }
    changes.push_back(
        {series.name, normalized(median, series.unit, anchor_now, is_time) /
                          normalized(found->second.median, series.unit, anchor_then, is_time)});
  }
  return changes;
}

bool print_changes(const std::vector<Change>& changes) {
  bool is_failed = false;
  for (const Change& change : changes) {
    if (change.ratio >= kWarnBelow) continue;
    const bool fails = change.ratio < kFailBelow;
    is_failed = is_failed || fails;
    std::fprintf(stderr, "%s: %s is %.0f %% worse than the baseline\n", fails ? "error" : "warning",
                 change.figure.c_str(), (1 - change.ratio) * 100);
  }
  return is_failed;
}

}  // namespace goakt::bench
