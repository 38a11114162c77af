// Our members in one network, the real library's in another, and what joins them is cut.

#define DOCTEST_CONFIG_IMPLEMENT
#include "tests/interop/go_member.h"
#include "tests/interop/network.h"

#include <chrono>
#include <csignal>
#include <cstdio>
#include <string>

using namespace goakt;
using namespace goakt::gossip;
using namespace std::chrono_literals;

namespace {

Cable* cable = nullptr;

// Each declares the others dead alone, without confirmations, and probes ever more slowly: the
// longest suspicion after a round at the worst health.
constexpr Duration kApart = 24s + 18s;

net::Endpoint near_port() {
  return *net::Endpoint::parse(Cable::kNear, 0);
}

}  // namespace

TEST_CASE("members on both sides of a cut miss each other, and agree again after joins across") {
  const Place far{.ip = Cable::kFar, .network = cable->far()};
  GoMember go1("go1", {}, far), go2("go2", {}, far);
  Watched ours1("ours1", like_go(), {.bind = near_port()});
  Watched ours2("ours2", like_go(), {.bind = near_port()});
  CHECK(go2.does("join " + go1.endpoint().to_string()));
  CHECK(ours1.join(go1.endpoint()).error == "");
  CHECK(ours2.join(ours1).error == "");
  const auto exchange = patience(2 * like_go().push_pull_interval);
  for (const auto* name : {"go1", "go2", "ours1", "ours2"}) {
    for (auto* member : {&ours1, &ours2})
      CHECK(member->eventually(Happening::join, name, {}, exchange));
  }
  // By their own account.
  const auto agree = [&](std::size_t all, Duration time) {
    const auto until = std::chrono::steady_clock::now() + time;
    while (std::chrono::steady_clock::now() < until)
      if (go1.count() == all && go2.count() == all) return true;
    return false;
  };
  CHECK(agree(4, exchange));

  for (auto* member : {&ours1, &ours2}) member->forget();
  cable->cut();
  for (auto* member : {&ours1, &ours2})
    for (const auto* lost : {"go1", "go2"})
      CHECK(member->eventually(Happening::leave, lost, {}, patience(kApart)));
  CHECK(agree(2, patience(kApart)));

  for (auto* member : {&ours1, &ours2}) member->forget();
  cable->mend();
  // One join across need not be enough: what died on both sides is believed only when it is news.
  const auto until = std::chrono::steady_clock::now() + exchange;
  bool healed = false;
  while (!healed && std::chrono::steady_clock::now() < until) {
    static_cast<void>(ours1.join(go1.endpoint()));
    healed = ours1.eventually(Happening::join, "go1", {}, 2s) &&
             ours1.eventually(Happening::join, "go2", {}, 2s);
  }
  CHECK(healed);
  for (const auto* name : {"go1", "go2"})
    CHECK(ours2.eventually(Happening::join, name, {}, exchange));
  CHECK(agree(4, exchange));
}

int main(int argc, char** argv) {
  if (!find_go_member(argc, argv)) return 77;
  std::signal(SIGPIPE, SIG_IGN);
  Cable networks;
  if (const auto refused = networks.lay(); !refused.empty()) {
    std::printf("SKIPPED: a partition cannot be made here: %s\n", refused.c_str());
    return 77;
  }
  cable = &networks;
  return doctest::Context(argc, argv).run();
}
