#include "bench/harness/goals.h"

#include <doctest/doctest.h>

#include <array>
#include <string>

using namespace goakt::bench;

namespace {

// Here CAF runs at half the speed at which it was recorded.
struct Fixture {
  Results results;
  Recorded recorded;

  Fixture() {
    recorded.add("goakt", "tell-1-1", {3e6, 3e6, 3e6});
    recorded.add("caf", "tell-1-1", {4e6, 4e6, 4e6});
    recorded.add("erlang", "tell-1-1", {6e6, 6e6, 6e6});
    recorded.add("goakt", "ask", {1500, 1500, 1500});
    recorded.add("caf", "ask", {60'000, 60'000, 60'000});
    recorded.add("goakt", "spawn-1m.rss", {4800, 4800, 4800});
    results.add(kAnchors, "anchors", {"lifo_1p1c", 30, "M/s"}, 0);
    results.add(kOurs, "tell-1-1", {"tell-1-1", 24e6, "msg/s"}, 0);
    results.add("caf", "tell-1-1", {"tell-1-1", 2e6, "msg/s"}, 0);
    results.add(kOurs, "ask", {"ask", 100, "ns"}, 0);
    results.add("caf", "ask", {"ask", 120'000, "ns"}, 0);
    results.add(kOurs, "spawn-1m", {"spawn-1m.rss", 240, "B/actor"}, 0);
  }

  Judgement judge_one(const Goal& goal) const {
    const std::array<Goal, 1> goals{goal};
    const auto judgements = judge(goals, results, recorded);
    REQUIRE(judgements.size() == 1);
    return judgements[0];
  }
};

}  // namespace

TEST_CASE("a peer that runs here is compared directly") {
  const Fixture f;
  const auto ratios = ratios_to("caf", "tell-1-1", "tell-1-1", f.results, f.recorded);
  REQUIRE(ratios.size() == 1);
  CHECK(ratios[0].by.empty());
  CHECK(ratios[0].value == doctest::Approx(12));
}

TEST_CASE("a recorded peer is reached through every peer that is both here and recorded") {
  Fixture f;
  auto ratios = ratios_to("goakt", "tell-1-1", "tell-1-1", f.results, f.recorded);
  REQUIRE(ratios.size() == 1);
  CHECK(ratios[0].by == "caf");
  CHECK(ratios[0].value == doctest::Approx(16));  // 12 x 4/3
  f.results.add("erlang", "tell-1-1", {"tell-1-1", 6e6, "msg/s"}, 0);
  ratios = ratios_to("goakt", "tell-1-1", "tell-1-1", f.results, f.recorded);
  REQUIRE(ratios.size() == 2);
  CHECK(ratios[1].value == doctest::Approx(8));  // 4 x 6/3
}

TEST_CASE("times are better when smaller, in chains too") {
  const Fixture f;
  const auto ratios = ratios_to("goakt", "ask", "ask", f.results, f.recorded);
  REQUIRE(ratios.size() == 1);
  CHECK(ratios[0].value == doctest::Approx(30));  // 1200 x 1/40
}

TEST_CASE("sizes are compared with the recorded ones directly") {
  const Fixture f;
  const auto ratios = ratios_to("goakt", "spawn-1m.rss", "spawn-1m.rss", f.results, f.recorded);
  REQUIRE(ratios.size() == 1);
  CHECK(ratios[0].value == doctest::Approx(20));
}

TEST_CASE("a row is met when every ratio is, whatever the absolute figure") {
  const Fixture f;
  const auto met = f.judge_one({.row = "L1",
                                .figure = "tell-1-1",
                                .best_peer = {"caf", 10},
                                .goakt = 8,
                                .anchor = {"lifo_1p1c", 0.8},
                                .absolute = 27e6});
  CHECK(met.best_peer_verdict == Verdict::met);
  CHECK(met.goakt_verdict == Verdict::met);
  CHECK(met.anchor_verdict == Verdict::met);
  CHECK(met.absolute_verdict == Verdict::missed);
  CHECK(met.overall == Verdict::met);
  const auto missed =
      f.judge_one({.row = "L1", .figure = "tell-1-1", .goakt = 8, .anchor = {"lifo_1p1c", 0.9}});
  CHECK(missed.anchor == doctest::Approx(0.8));
  CHECK(missed.anchor_verdict == Verdict::missed);
  CHECK(missed.overall == Verdict::missed);
}

TEST_CASE("two chains on both sides of a goal decide nothing") {
  Fixture f;
  f.results.add("erlang", "tell-1-1", {"tell-1-1", 6e6, "msg/s"}, 0);
  const auto judgement = f.judge_one({.row = "L1", .figure = "tell-1-1", .goakt = 10});
  CHECK(judgement.goakt_verdict == Verdict::split);
  CHECK(judgement.overall == Verdict::split);
}

TEST_CASE("a cost must stay below its multiple of the anchor, which may be a figure of ours") {
  Fixture f;
  f.results.add(kOurs, "ask", {"ask.p50", 40, "ns"}, 0);
  f.results.add(kOurs, "ask", {"ask.p99", 210, "ns"}, 0);
  const auto judgement = f.judge_one({.row = "L7", .figure = "ask.p99", .anchor = {"ask.p50", 5}});
  CHECK(judgement.anchor == doctest::Approx(5.25));
  CHECK(judgement.anchor_verdict == Verdict::missed);
}

TEST_CASE("an anchor that counts megabytes is compared by the size of a message") {
  Fixture f;
  f.results.add(kAnchors, "anchors", {"zstd1", 500, "MB/s"}, 0);
  f.results.add(kOurs, "remote-tell-zstd", {"remote-tell-zstd", 3e6, "msg/s"}, 0);
  const auto judgement =
      f.judge_one({.row = "R1", .figure = "remote-tell-zstd", .anchor = {"zstd1", 0.5, 100}});
  CHECK(judgement.anchor == doctest::Approx(0.6));
  CHECK(judgement.anchor_verdict == Verdict::met);
}

TEST_CASE("a row without any ratio is decided by its absolute figure") {
  Fixture f;
  f.results.add(kOurs, "spawn-1m", {"spawn-1m.stop", 0.5, "s"}, 0);
  const auto judgement = f.judge_one({.row = "L10", .figure = "spawn-1m.stop", .absolute = 1});
  CHECK(judgement.overall == Verdict::met);
}

TEST_CASE("the recorded figures are there for every ratio that the goals ask for") {
  std::string trouble;
  const auto recorded = Recorded::load(GOAKT_SOURCE_DIR "/bench/recorded.json", trouble);
  REQUIRE(trouble == "");
  for (const Goal& goal : kGoals) {
    const std::string figure = goal.figure;
    INFO(figure);
    if (goal.goakt > 0) CHECK(recorded.find("goakt", figure) != nullptr);
    for (const PeerGoal& peer : {goal.best_peer, goal.second_peer}) {
      if (peer.peer == nullptr) continue;
      CHECK(recorded.find(peer.peer, figure) != nullptr);
    }
    if (goal.chain_over != nullptr) {
      CHECK(recorded.find("caf", goal.chain_over) != nullptr);
      CHECK(recorded.find("erlang", goal.chain_over) != nullptr);
    }
  }
  REQUIRE(recorded.find("goakt", "tell-1-1") != nullptr);
  CHECK(recorded.find("goakt", "tell-1-1")->median == doctest::Approx(2.98e6));
}
