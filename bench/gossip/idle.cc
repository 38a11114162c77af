// Members of one cluster that have nothing to tell: what it costs to watch each other.

#include "bench/local/support.h"
#include "goakt/base/cpu_time.h"
#include "goakt/gossip/io/shell.h"

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace goakt::bench {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMembers = 100;
constexpr auto kTooLong = 5min;

using Shells = std::vector<std::unique_ptr<gossip::Shell>>;

Shells start_members() {
  Shells shells;
  for (std::size_t i = 0; i < kMembers; ++i) {
    auto config = gossip::Config::goakt(false);
    config.name = "127.0.0.1:" + std::to_string(10'000 + i);
    config.meta = std::string(180, 'm');  // as long as a GoAkt node's
    config.sealing.label = "prefix-bench";
    shells.push_back(must(gossip::Shell::start(std::move(config), {})));
    if (i > 0) shells.back()->join({shells.front()->local()});
  }
  return shells;
}

// Everybody knows everybody, and there is nothing left to tell.
bool are_settled(const Shells& shells) {
  for (const auto& shell : shells) {
    const auto facts = shell->inspect();
    if (facts.members.size() != kMembers || facts.queued != 0) return false;
    for (const auto& member : facts.members)
      if (member.state != gossip::State::alive) return false;
  }
  return true;
}

std::uint64_t packets_of(const Shells& shells) {
  std::uint64_t packets = 0;
  for (const auto& shell : shells) packets += shell->inspect().counters.packets_out;
  return packets;
}

}  // namespace

GOAKT_BENCHMARK("gossip-idle", "100 members in one process, GoAkt's profile: CPU when idle") {
  const Shells shells = start_members();
  const auto begin = Clock::now();
  while (!are_settled(shells)) {
    if (Clock::now() - begin > kTooLong) give_up(Error(ErrorCode::request_timeout));
    std::this_thread::sleep_for(500ms);
  }
  const double settled = seconds_since(begin);
  const auto packets = packets_of(shells);
  const double cpu = cpu_seconds();
  const auto start = Clock::now();
  std::this_thread::sleep_for(run.is_quick() ? 3s : 30s);
  const double seconds = seconds_since(start);
  run.report("", (cpu_seconds() - cpu) / seconds * 100, "%cpu");
  run.report("packets", static_cast<double>(packets_of(shells) - packets) / seconds, "packets/s");
  run.report("settled", settled, "s");
}

}  // namespace goakt::bench
