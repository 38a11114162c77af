#pragma once

#include "tests/simulation/membership/machine.h"

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace sim::membership {

// What must be true of one member after every step, whatever the network does. Remembers the step
// before, and computes what it can on its own: a rule that asked the core would believe its faults.
class Invariants {
 public:
  explicit Invariants(std::string self) : self_(std::move(self)) {}

  struct Step {
    TimePoint now;
    // start, call, packet, accept, open, bytes, closed, timer
    std::string_view kind;
    // The machine was paused lately, so its timers may be late.
    bool dozing = false;
  };

  void check(const gossip::Node& node, const Observed& seen, const Step& step);

 private:
  struct Record {
    gossip::MemberInfo info;
    TimePoint changed;
    std::optional<gossip::Suspicion> suspicion;
    // When the last confirmation came.
    TimePoint confirmed;
  };

  using Records = std::map<std::string, Record>;

  void check_table(const gossip::Node& node) const;
  void check_self(const gossip::Node& node);
  void check_records(const gossip::Node& node, const Step& step);
  void check_change(const gossip::Node& node, const Record& old, const gossip::Member& now,
                    const Step& step) const;
  void check_suspicion(const gossip::Node& node, const gossip::Member& suspect,
                       const Step& step) const;
  void check_verdict(const gossip::Node& node, const Record& old, const Step& step) const;
  void check_probe(const gossip::Node& node, const Step& step);
  void check_events(const gossip::Node& node, const Observed& seen);
  void check_queue(const gossip::Node& node, const Observed& seen) const;
  void check_resources(const gossip::Node& node, const Observed& seen, const Step& step);
  [[noreturn]] void broken(const std::string& rule, const std::string& what) const;

  std::string self_;
  // As they were after the step before.
  Records before_;
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
