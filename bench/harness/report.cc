#include "bench/harness/report.h"

#include "bench/harness/machine.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace goakt::bench {

namespace {

using Row = std::vector<std::string>;

// Columns as wide as their widest cell, the first two left-aligned. Counts code points, so that
// dashes and signs beyond ASCII do not shift a column.
class Table {
 public:
  void add(Row row) { rows_.push_back(std::move(row)); }

  void print() const {
    std::vector<std::size_t> widths;
    for (const Row& row : rows_) {
      widths.resize(std::max(widths.size(), row.size()));
      for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width(row[i]));
    }
    for (const Row& row : rows_) {
      std::string line;
      for (std::size_t i = 0; i < row.size(); ++i) {
        const std::string fill(widths[i] - width(row[i]), ' ');
        line += i < 2 ? row[i] + fill : fill + row[i];
        if (i + 1 < row.size()) line += "  ";
      }
      line.erase(line.find_last_not_of(' ') + 1);
      std::printf("%s\n", line.c_str());
    }
    std::printf("\n");
  }

 private:
  static std::size_t width(const std::string& text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
      return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    }));
  }

  std::vector<Row> rows_;
};

std::string range(const Summary& summary) {
  return short_number(summary.median) + " (" + short_number(summary.min) + "\u2013" +
         short_number(summary.max) + ")";
}

std::string times(double ratio) {
  return short_number(ratio) + " \u00d7";
}

// "7.9 x caf / 8.4 x erlang".
std::string chains(const std::vector<Ratio>& ratios) {
  std::string text;
  for (const Ratio& ratio : ratios) {
    if (!text.empty()) text += " / ";
    text += times(ratio.value);
    if (!ratio.by.empty()) text += " by " + ratio.by;
  }
  return text;
}

std::string judged(const std::string& value, const std::string& goal, Verdict verdict) {
  if (verdict == Verdict::none) return "-";
  return value + " of " + goal + ", " + std::string(verdict_name(verdict));
}

std::string peer_cell(const PeerGoal& goal, const std::vector<Ratio>& ratios, Verdict verdict) {
  if (goal.peer == nullptr) return "-";
  if (verdict == Verdict::none) return std::string(goal.peer) + ": not here";
  return std::string(goal.peer) + ": " +
         judged(chains(ratios), short_number(goal.times_better), verdict);
}

// "0.9 lifo_1p1c", "0.5 zstd1 / 137 B".
std::string anchor_goal(const AnchorGoal& anchor) {
  if (anchor.name == nullptr) return "";
  const std::string text = short_number(anchor.factor) + " " + anchor.name;
  return anchor.bytes == 1 ? text : text + " / " + std::to_string(std::lround(anchor.bytes)) + " B";
}

void print_machine() {
  std::printf("%u x %s, %s, revision %s\n\n", cpu_count(), cpu_model().c_str(), compiler().c_str(),
              git_revision().c_str());
}

void print_anchors(const Results& results) {
  Table table;
  table.add({"anchor", "unit", "median (min\u2013max)"});
  for (const Series& series : results.all())
    if (series.program == kAnchors) table.add({series.name, series.unit, range(series.summary())});
  table.print();
}

void print_figures(const Results& results, const Recorded& recorded) {
  const auto peers = results.peers();
  Table table;
  Row head{"figure", "unit", std::string(kOurs)};
  for (const std::string& peer : peers) {
    head.push_back(peer);
    head.push_back("ours : " + peer);
  }
  if (!recorded.is_empty()) head.emplace_back("ours : goakt, recorded");
  head.emplace_back("reps");
  table.add(head);
  for (const Series& series : results.all()) {
    if (series.program != kOurs) continue;
    const Summary ours = series.summary();
    Row row{series.name, series.unit, range(ours)};
    for (const std::string& peer : peers) {
      const Series* here = results.find(peer, series.name);
      row.push_back(here != nullptr ? range(here->summary()) : "-");
      const auto ratios = here != nullptr
                              ? ratios_to(peer, series.name, series.name, results, recorded)
                              : std::vector<Ratio>{};
      row.push_back(ratios.empty() ? "-" : times(ratios.front().value));
    }
    if (!recorded.is_empty()) {
      const auto goal = std::find_if(kGoals.begin(), kGoals.end(),
                                     [&](const Goal& g) { return series.name == g.figure; });
      const std::string_view over = goal != kGoals.end() && goal->chain_over != nullptr
                                        ? goal->chain_over
                                        : std::string_view(series.name);
      const std::string text = chains(ratios_to("goakt", series.name, over, results, recorded));
      row.push_back(text.empty() ? "-" : text);
    }
    row.push_back(std::to_string(series.values.size()) + (ours.is_noisy() ? " noisy" : ""));
    table.add(row);
  }
  table.print();
}

void print_goals(const Results& results, const Recorded& recorded) {
  const auto judgements = judge(kGoals, results, recorded);
  if (judgements.empty()) return;
  Table table;
  table.add({"row", "goal on", "figure", "best peer", "goakt", "anchor", "absolute", "row is"});
  for (const Judgement& j : judgements) {
    const Goal& goal = *j.goal;
    std::string peers = peer_cell(goal.best_peer, j.best_peer, j.best_peer_verdict);
    if (goal.second_peer.peer != nullptr)
      peers += "; " + peer_cell(goal.second_peer, j.second_peer, j.second_peer_verdict);
    table.add(
        {goal.row, goal.figure, short_number(j.series->summary().median) + " " + j.series->unit,
         peers, judged(chains(j.goakt), short_number(goal.goakt), j.goakt_verdict),
         judged(short_number(j.anchor), anchor_goal(goal.anchor), j.anchor_verdict),
         goal.absolute > 0
             ? short_number(goal.absolute) + ", " + std::string(verdict_name(j.absolute_verdict))
             : "-",
         std::string(verdict_name(j.overall))});
  }
  table.print();
  std::printf(
      "\"x by caf\" is a chain: ours to CAF here, times CAF to that peer where they were "
      "recorded.\n"
      "Absolute figures are goals on the reference host only and do not decide a row that has "
      "ratios.\n");
}

}  // namespace

std::string short_number(double value) {
  const char* suffix = "";
  if (std::fabs(value) >= 1e9) {
    value /= 1e9;
    suffix = " G";
  } else if (std::fabs(value) >= 1e6) {
    value /= 1e6;
    suffix = " M";
  } else if (std::fabs(value) >= 1e4) {
    value /= 1e3;
    suffix = " k";
  }
  const double size = std::fabs(value);
  const int digits = size >= 100 ? 0 : size >= 10 ? 1 : 2;
  char text[32];
  std::snprintf(text, sizeof text, "%.*f%s", digits, value, suffix);
  return text;
}

void print_tables(const Results& results, const Recorded& recorded) {
  print_machine();
  print_anchors(results);
  print_figures(results, recorded);
  print_goals(results, recorded);
}

}  // namespace goakt::bench
