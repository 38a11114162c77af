#pragma once

#include "tests/simulation/membership/invariants.h"
#include "tests/simulation/membership/machine.h"
#include "tests/simulation/world.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sim::membership {

// Members in a world, watched: every event is timed, every rule checked after every step.
class Cluster {
 public:
  Cluster(std::uint64_t seed, gossip::Config config);

  // A new machine, not started. Its clock is skewed a little if asked.
  MachineId add(bool skewed = false);
  void start(MachineId id, std::vector<MachineId> join);
  // `count` members that join the first, until all know all.
  void form(std::size_t count, bool skewed = false);

  void crash(MachineId id);
  void pause(MachineId id, Duration how_long);
  void leave(MachineId id);
  void update(MachineId id, std::string meta);
  void join(MachineId id, std::vector<MachineId> others);
  void cut(const std::vector<MachineId>& from, const std::vector<MachineId>& to, Cut how);

  bool is_up(MachineId id) const { return world.is_up(id); }

  std::vector<MachineId> live() const;

  Member& member(MachineId id) { return static_cast<Member&>(world.machine(id)); }

  // Live, and not about to leave.
  bool takes_part(MachineId id) { return is_up(id) && !member(id).node().membership().leaving(); }

  // A packet from outside, sealed as the cluster's own.
  void hear(MachineId id, std::string message);

  using Happening = gossip::MemberEvent::Kind;

  // When `observer` was told first, after `since`, what happened to `subject`; none: not yet.
  std::optional<TimePoint> told(MachineId observer, Happening what, MachineId subject,
                                TimePoint since) const;

  // Until all observers were told of all subjects, or the time is over; in small clusters always
  // that long.
  void wait_told(const std::vector<MachineId>& observers, Happening what,
                 const std::vector<MachineId>& subjects, TimePoint since, Duration most);

  // All observers were told by now; of the pairs most before `bulk`, none before `earliest`.
  struct Bounds {
    Duration earliest{};
    Duration first = Duration::max();
    Duration bulk = Duration::max();
  };

  void check_told(const std::vector<MachineId>& observers, Happening what,
                  const std::vector<MachineId>& subjects, TimePoint since,
                  const Bounds& bounds) const;

  // The bounds of the protocol for this cluster (docs/protocols/membership.md).
  Duration detection() const;
  Duration shortest_suspicion(std::size_t n) const;
  Duration longest_suspicion(std::size_t n) const;
  Duration spread() const;
  Duration full_exchange() const;
  Duration quiet() const;

  // News that is passed on less often dies out in small clusters: no bound for most of them.
  bool gossips_well() const { return config.retransmit_multiplier >= 4; }

  // Waits until all agree, which they must do within `bound`.
  void settle(Duration bound);

  void settle() { settle(quiet()); }

  // Everybody agrees about everybody, and with the truth; else what is wrong.
  std::optional<std::string> disagreement();
  // And no call waits for its result.
  void check_agreement();

  // Dozens of members instead of a handful.
  bool large = false;
  // Off for thousands of them: then only leaves are counted.
  bool strict = true;
  World world;
  const gossip::Config config;
  std::uint64_t leave_events = 0;

  // How many of so many pairs the protocol promises soon: gossip forgets a few.
  static std::size_t most(std::size_t pairs);

 private:
  struct Watch {
    Invariants invariants;
    TimePoint dozed_until{};
    std::map<std::pair<Happening, std::string>, std::vector<TimePoint>> told;
  };

  void stepped(MachineId id, std::string_view kind);

  std::vector<Watch> watches_;
};

}  // namespace sim::membership
