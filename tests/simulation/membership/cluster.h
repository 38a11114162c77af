#pragma once

#include "tests/simulation/membership/invariants.h"
#include "tests/simulation/membership/machine.h"
#include "tests/simulation/world.h"

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace sim::membership {

// Members in a world, watched: every event is timed, every rule checked after every step.
class Cluster {
 public:
  Cluster(std::uint64_t seed, gossip::Config config);

  // A new machine, not started. Its clock is skewed a little if asked.
  MachineId add(bool skewed = false);
  void start(MachineId id, std::vector<MachineId> join);
  // `count` members that join the first, and time for all to know all.
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

  // When `observer` was told first, after `since`, that `subject` is gone; none: not yet.
  std::optional<TimePoint> told_gone(MachineId observer, MachineId subject, TimePoint since) const;

  // The bounds of the protocol for this cluster (docs/protocols/membership.md).
  Duration detection() const;
  Duration shortest_suspicion(std::size_t n) const;
  Duration longest_suspicion(std::size_t n) const;
  Duration spread() const;
  Duration full_exchange() const;
  Duration quiet() const;

  // Everybody agrees about everybody, and with the truth.
  void check_agreement();

  // Off for large clusters: then only the events are recorded.
  bool strict = true;
  World world;
  const gossip::Config config;
  std::uint64_t leave_events = 0;

 private:
  struct Watch {
    Invariants invariants;
    TimePoint dozed_until{};
    std::map<std::string, std::vector<TimePoint>> leaves;
  };

  void stepped(MachineId id, std::string_view kind);

  std::vector<Watch> watches_;
  std::uint64_t seed_;
};

}  // namespace sim::membership
