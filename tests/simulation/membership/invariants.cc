#include "tests/simulation/membership/invariants.h"

#include <algorithm>
#include <cmath>

namespace sim::membership {

using namespace gossip;
using namespace std::chrono_literals;

namespace {

// The protocol's formulas once more, from the paper's side of the desk.
unsigned digits(std::size_t n) {
  return static_cast<unsigned>(std::to_string(n).size());
}

}  // namespace

void Invariants::broken(const std::string& rule, const std::string& what) const {
  throw Violation(rule, "member " + self_ + ": " + what);
}

void Invariants::check(const Node& node, const Observed& seen, TimePoint now, std::string_view kind,
                       bool dozing) {
  check_table(node);
  check_records(node, now, kind, dozing);
  check_events(node, seen);
  check_queue(node, seen);
}

void Invariants::check_table(const Node& node) {
  const auto& table = node.membership().table();
  most_members_ = std::max(most_members_, table.size());
  if (table.indexed() != table.size())
    broken("table", std::to_string(table.size()) + " members, but " +
                        std::to_string(table.indexed()) + " names");
  for (const auto& member : table)
    if (table.find(member->name) != member.get())
      broken("table", "the name " + member->name + " leads elsewhere");
  if (table.find(self_) == nullptr) broken("table", "does not know itself");
  if (node.exchanges().inbound() > node.config().max_inbound_streams)
    broken("streams", "too many are open");
}

void Invariants::check_records(const Node& node, TimePoint now, std::string_view kind,
                               bool dozing) {
  const bool left = node.membership().leaving();
  if (node.membership().own_incarnation() < own_incarnation_)
    broken("incarnation", "its own went down");
  own_incarnation_ = node.membership().own_incarnation();

  std::map<std::string, Record> after;
  for (const auto& member : node.membership().table()) {
    const auto& m = *member;
    if (m.suspicion.has_value() != (m.state == State::suspect))
      broken("suspicion", m.name + " is " + std::string(state_name(m.state)) +
                              (m.suspicion ? " with" : " without") + " a suspicion");
    if (m.name == self_ && m.state != (left ? State::left : State::alive))
      broken("self", "holds itself for " + std::string(state_name(m.state)));

    if (const auto found = before_.find(m.name); found != before_.end()) {
      const auto& old = found->second;
      const bool moved = old.info.endpoint != m.endpoint;
      if (m.incarnation < old.info.incarnation && !moved)
        broken("incarnation", "that of " + m.name + " went down");
      if (!moved && m.incarnation <= old.info.incarnation &&
          ((old.info.is_gone() && old.info.incarnation > 0 && m.is_present()) ||
           (old.info.state == State::suspect && m.state == State::alive)))
        broken("resurrection", m.name + " is " + std::string(state_name(m.state)) +
                                   " again without a higher incarnation");
      if (old.info.state == State::suspect && m.state == State::dead && kind == "timer") {
        // This member's own verdict: at the time that the confirmations it had demand.
        const auto& s = *old.suspicion;
        const auto took = now - s.start();
        const auto n = before_.size();
        const auto& config = node.config();
        const auto scale = std::max(1.0, std::log10(static_cast<double>(n)));
        const auto min = config.suspicion_multiplier * static_cast<std::int64_t>(scale * 1000) *
                         config.probe_interval / 1000;
        // Members may have come and gone since: half and twice bound the scale then.
        if (took < min / 2) broken("verdict", m.name + " was declared dead too early");
        if (!dozing && took > 2 * config.suspicion_max_multiplier * min)
          broken("verdict", m.name + " was declared dead too late");
        // Its own failed probe may have confirmed it in this very step.
        const auto confirmed = std::min(s.confirmed() + 1, s.times().confirmations);
        if (took < suspicion_timeout(s.times(), confirmed) || (!dozing && took > s.times().max))
          broken("verdict", m.name + " was declared dead at another time than the formula's");
        if (m.name == self_) broken("verdict", "declared itself dead");
      }
    }
    after[m.name] = {m, m.suspicion};
  }
  before_ = std::move(after);
}

void Invariants::check_events(const Node& node, const Observed& seen) {
  for (const auto& event : seen.events) {
    const auto& name = event.member.name;
    if (!first_event_seen_ && (event.kind != MemberEvent::Kind::join || name != self_))
      broken("events", "the first one is not its own join");
    first_event_seen_ = true;
    switch (event.kind) {
      case MemberEvent::Kind::join:
        if (!present_.insert(name).second) broken("events", name + " joined twice");
        break;
      case MemberEvent::Kind::leave:
        if (present_.erase(name) == 0) broken("events", name + " left without having joined");
        break;
      case MemberEvent::Kind::update:
        if (!present_.contains(name)) broken("events", name + " changed without having joined");
        break;
      case MemberEvent::Kind::conflict:
        break;
    }
  }
  std::size_t listed = 0;
  for (const auto& member : node.membership().table()) {
    if (!member->is_present()) continue;
    ++listed;
    if (!present_.contains(member->name)) broken("events", member->name + " came without an event");
  }
  if (listed != present_.size()) broken("events", "somebody went without an event");
}

void Invariants::check_queue(const Node& node, const Observed& seen) {
  // The table has been larger perhaps when an item was sent last.
  const auto limit = node.config().retransmit_multiplier * digits(most_members_);
  std::set<std::string_view> names;
  for (const auto& item : node.membership().queue()) {
    if (!names.insert(item.name).second) broken("queue", "two items about " + item.name);
    if (item.sent >= limit) broken("queue", "an item is sent too often");
  }
  for (const auto size : seen.packets)
    if (size > node.config().packet_size + 5) broken("packet", "one is too long");
}

}  // namespace sim::membership
