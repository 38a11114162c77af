#pragma once

#include "tests/simulation/membership/machine.h"

#include <cstdint>
#include <deque>
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
  // `accused`: whom it accused in earlier lives.
  explicit Invariants(std::string self, std::set<std::string> accused = {})
      : self_(std::move(self)), accused_(std::move(accused)) {}

  struct Step {
    TimePoint now;
    // start, call, packet, accept, open, bytes, closed, timer
    std::string_view kind;
    // The machine was paused lately, so its timers may be late.
    bool dozing = false;
  };

  void check(const gossip::Node& node, const Observed& seen, const Step& step);

  const std::set<std::string>& accused() const { return accused_; }

 private:
  struct Record {
    // False: the table has not had it before.
    bool known = false;
    const gossip::Member* at = nullptr;
    TimePoint changed;
    std::optional<gossip::Suspicion> suspicion;
    // When the last confirmation came.
    TimePoint confirmed;
    gossip::MemberInfo info;

    // Nothing has happened to it; and nothing else is new about it either.
    bool is(const gossip::Member& m) const;
    bool says(const gossip::Member& m) const;
  };

  bool line_up(const gossip::Node& node);
  void check_table(const gossip::Node& node) const;
  void check_self(const gossip::Node& node);
  // True if anything changed.
  bool check_records(const gossip::Node& node, const Step& step);
  void check_change(const gossip::Node& node, const Record& old, const gossip::Member& now,
                    const Step& step) const;
  void check_forgotten(const gossip::Node& node, const gossip::Member& now, const Step& step) const;
  void check_suspicion(const gossip::Node& node, const gossip::Member& suspect, const Step& step);
  void check_verdict(const gossip::Node& node, const Record& old, const Step& step) const;
  void check_probe(const gossip::Node& node, const Step& step);
  void check_events(const gossip::Node& node, const Observed& seen, bool changed);
  void check_queue(const gossip::Node& node, const Observed& seen, const Step& step) const;
  void check_resources(const gossip::Node& node, const Observed& seen, const Step& step);
  [[noreturn]] void broken(const std::string& rule, const std::string& what) const;

  std::string self_;
  std::set<std::string> accused_;
  // As they were after the step before, in the order of the table.
  std::vector<Record> records_;
  // The table's size during the step.
  std::size_t fewest_ = 0;
  std::size_t most_ = 0;
  unsigned looks_ = 0;
  std::string probed_;
  std::uint32_t own_incarnation_ = 0;
  bool left_ = false;
  // Present members and their metadata, by events alone.
  std::map<std::string, gossip::Blob> told_;
  bool first_event_seen_ = false;
  std::size_t most_members_ = 0;
  std::deque<TimePoint> packets_;
};

}  // namespace sim::membership
