#pragma once

#include "tests/simulation/membership/machine.h"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace sim::membership {

// What must be true of one member after every step, whatever the network does. Remembers the step
// before, and computes what it can on its own: a rule that asked the core would believe its faults.
class Invariants {
 public:
  explicit Invariants(std::string self) : self_(std::move(self)) {}

  // `dozing`: the machine was paused lately, so its timers may be late.
  void check(const gossip::Node& node, const Observed& seen, TimePoint now, std::string_view kind,
             bool dozing);

  // Names that this member held for alive or suspect, by its events alone.
  const std::set<std::string>& present() const { return present_; }

 private:
  struct Record {
    gossip::MemberInfo info;
    std::optional<gossip::Suspicion> suspicion;
  };

  void check_table(const gossip::Node& node);
  void check_records(const gossip::Node& node, TimePoint now, std::string_view kind, bool dozing);
  void check_events(const gossip::Node& node, const Observed& seen);
  void check_queue(const gossip::Node& node, const Observed& seen);
  [[noreturn]] void broken(const std::string& rule, const std::string& what) const;

  std::string self_;
  std::map<std::string, Record> before_;
  std::set<std::string> present_;
  bool first_event_seen_ = false;
  std::uint32_t own_incarnation_ = 0;
  std::size_t most_members_ = 0;
};

}  // namespace sim::membership
