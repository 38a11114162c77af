#pragma once

#include "bench/harness/recorded.h"
#include "bench/harness/results.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

// What each figure must reach, and whether it did.
//
// "Better" is always a factor above 1: rates are divided by the peer's, times and sizes divide it.
// A peer that runs beside us is compared directly. A peer that is only recorded is reached by a
// chain over each peer that is both here and recorded: ours/CAF here x CAF/GoAkt recorded. Two
// chains that disagree about a goal give neither a hit nor a miss.
namespace goakt::bench {

struct PeerGoal {
  const char* peer = nullptr;
  double times_better = 0;
};

struct AnchorGoal {
  const char* name = nullptr;  // an anchor, or another figure of ours
  double factor = 0;           // rates: at least that many times it; times and sizes: at most
  double bytes = 1;            // of a message, where the anchor counts megabytes
};

struct Goal {
  const char* row;
  const char* figure;
  PeerGoal best_peer = {};
  PeerGoal second_peer = {};
  double goakt = 0;  // times better than GoAkt; 0: no such goal
  AnchorGoal anchor = {};
  double absolute = 0;  // on the reference host only
  // The workload of the peers that a chain starts from; null: the figure itself.
  const char* chain_over = nullptr;
};

extern const std::span<const Goal> kGoals;

// The anchor that a figure's development is judged by, or null (sizes and plain seconds).
const char* baseline_anchor(std::string_view figure, std::string_view unit);

enum class Verdict { none, met, missed, split };

std::string_view verdict_name(Verdict verdict);

// One ratio that was formed, e.g. 7.9 over CAF.
struct Ratio {
  std::string by;  // "" when direct
  double value = 0;
};

struct Judgement {
  const Goal* goal = nullptr;
  const Series* series = nullptr;
  std::vector<Ratio> best_peer;
  std::vector<Ratio> second_peer;
  std::vector<Ratio> goakt;
  double anchor = 0;  // quotient figure / anchor
  Verdict best_peer_verdict = Verdict::none;
  Verdict second_peer_verdict = Verdict::none;
  Verdict goakt_verdict = Verdict::none;
  Verdict anchor_verdict = Verdict::none;
  Verdict absolute_verdict = Verdict::none;
  // Of all ratios; of the absolute figure where the row has no ratio.
  Verdict overall = Verdict::none;
};

// One for each goal whose figure was measured.
std::vector<Judgement> judge(std::span<const Goal> goals, const Results& results,
                             const Recorded& recorded);

// All ways to express ours : peer with what is at hand.
std::vector<Ratio> ratios_to(std::string_view peer, std::string_view figure,
                             std::string_view chain_over, const Results& results,
                             const Recorded& recorded);

}  // namespace goakt::bench
