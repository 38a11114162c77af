#include "bench/harness/goals.h"

#include <algorithm>

namespace goakt::bench {

namespace {

// Sizes do not move with the machine's speed: they are compared with the recorded ones directly.
bool is_size(std::string_view unit) {
  return unit == "B" || unit == "B/actor";
}

// Turns any figure into "more is better".
double rate(double value, std::string_view unit) {
  return lower_is_better(unit) ? 1 / value : value;
}

Verdict verdict_of(const std::vector<Ratio>& ratios, double goal) {
  if (ratios.empty() || goal <= 0) return Verdict::none;
  const auto hits = std::count_if(ratios.begin(), ratios.end(),
                                  [&](const Ratio& ratio) { return ratio.value >= goal; });
  if (hits == static_cast<std::ptrdiff_t>(ratios.size())) return Verdict::met;
  return hits == 0 ? Verdict::missed : Verdict::split;
}

Verdict verdict_of(bool is_met) {
  return is_met ? Verdict::met : Verdict::missed;
}

Verdict combine(std::initializer_list<Verdict> verdicts) {
  Verdict all = Verdict::none;
  for (const Verdict verdict : verdicts) {
    if (verdict == Verdict::missed) return Verdict::missed;
    if (verdict == Verdict::split) all = Verdict::split;
    if (verdict == Verdict::met && all == Verdict::none) all = Verdict::met;
  }
  return all;
}

double anchor_quotient(const Goal& goal, const Series& series, const Results& results) {
  if (goal.anchor.name == nullptr) return 0;
  const Series* anchor = results.find(kAnchors, goal.anchor.name);
  double scale = 1;
  if (anchor == nullptr) {
    anchor = results.find(kOurs, goal.anchor.name);
  } else if (anchor->unit == "M/s" || anchor->unit == "MB/s") {
    scale = 1e6 / goal.anchor.bytes;
  }
  if (anchor == nullptr) return 0;
  const double median = anchor->summary().median * scale;
  return median > 0 ? series.summary().median / median : 0;
}

}  // namespace

const char* baseline_anchor(std::string_view figure, std::string_view unit) {
  for (const Goal& goal : kGoals) {
    if (figure != goal.figure || goal.anchor.name == nullptr) continue;
    const std::string_view name = goal.anchor.name;
    if (name.find('.') == std::string_view::npos) return goal.anchor.name;
  }
  if (unit == "ns") return "atomic_inc";
  if (unit == "actors/s") return "malloc64";
  if (unit == "msg/s" || unit == "op/s") return "lifo_1p1c";
  return nullptr;
}

std::string_view verdict_name(Verdict verdict) {
  switch (verdict) {
    case Verdict::met:
      return "met";
    case Verdict::missed:
      return "missed";
    case Verdict::split:
      return "chains disagree";
    case Verdict::none:
      break;
  }
  return "-";
}

std::vector<Ratio> ratios_to(std::string_view peer, std::string_view figure,
                             std::string_view chain_over, const Results& results,
                             const Recorded& recorded) {
  std::vector<Ratio> ratios;
  const Series* ours = results.find(kOurs, figure);
  if (ours == nullptr) return ratios;
  const double our_rate = rate(ours->summary().median, ours->unit);
  if (const Series* here = results.find(peer, chain_over)) {
    ratios.push_back({"", our_rate / rate(here->summary().median, here->unit)});
    return ratios;
  }
  const Summary* target = recorded.find(peer, figure);
  if (target == nullptr) return ratios;
  const double target_rate = rate(target->median, ours->unit);
  if (is_size(ours->unit)) {
    ratios.push_back({"", our_rate / target_rate});
    return ratios;
  }
  for (const std::string& link : results.peers()) {
    const Series* here = results.find(link, chain_over);
    const Summary* there = recorded.find(link, chain_over);
    if (here == nullptr || there == nullptr) continue;
    ratios.push_back({link, our_rate / rate(here->summary().median, here->unit) *
                                rate(there->median, here->unit) / target_rate});
  }
  return ratios;
}

std::vector<Judgement> judge(std::span<const Goal> goals, const Results& results,
                             const Recorded& recorded) {
  std::vector<Judgement> judgements;
  for (const Goal& goal : goals) {
    const Series* series = results.find(kOurs, goal.figure);
    if (series == nullptr) continue;
    const std::string_view over = goal.chain_over != nullptr ? goal.chain_over : goal.figure;
    const bool is_cost = lower_is_better(series->unit);
    const double median = series->summary().median;
    Judgement j;
    j.goal = &goal;
    j.series = series;
    if (goal.best_peer.peer != nullptr)
      j.best_peer = ratios_to(goal.best_peer.peer, goal.figure, over, results, recorded);
    if (goal.second_peer.peer != nullptr)
      j.second_peer = ratios_to(goal.second_peer.peer, goal.figure, over, results, recorded);
    j.goakt = ratios_to("goakt", goal.figure, over, results, recorded);
    j.best_peer_verdict = verdict_of(j.best_peer, goal.best_peer.times_better);
    j.second_peer_verdict = verdict_of(j.second_peer, goal.second_peer.times_better);
    j.goakt_verdict = verdict_of(j.goakt, goal.goakt);
    j.anchor = anchor_quotient(goal, *series, results);
    if (j.anchor > 0)
      j.anchor_verdict =
          verdict_of(is_cost ? j.anchor <= goal.anchor.factor : j.anchor >= goal.anchor.factor);
    if (goal.absolute > 0)
      j.absolute_verdict = verdict_of(is_cost ? median <= goal.absolute : median >= goal.absolute);
    j.overall =
        combine({j.best_peer_verdict, j.second_peer_verdict, j.goakt_verdict, j.anchor_verdict});
    if (j.overall == Verdict::none) j.overall = j.absolute_verdict;
    judgements.push_back(std::move(j));
  }
  return judgements;
}

}  // namespace goakt::bench
