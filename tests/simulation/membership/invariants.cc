#include "tests/simulation/membership/invariants.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <unordered_map>
#include <utility>

namespace sim::membership {

using namespace gossip;
using namespace std::chrono_literals;

namespace {

// The protocol's formulas once more, from the paper's side of the desk.

unsigned digits(std::size_t n) {
  return static_cast<unsigned>(std::to_string(n).size());
}

Duration shortest(const Config& config, std::size_t n) {
  const auto scale = std::max(1.0, std::log10(static_cast<double>(n)));
  return config.suspicion_multiplier * static_cast<std::int64_t>(scale * 1000) *
         config.probe_interval / 1000;
}

// How long a suspicion lasts that so many others have confirmed.
Duration lasts(const Config& config, std::size_t n, std::size_t confirmed) {
  const auto min = shortest(config, n);
  const auto max = config.suspicion_max_multiplier * min;
  const std::size_t enough = config.suspicion_multiplier - 2;
  if (n < enough + 2) return min;
  const auto share =
      std::log(static_cast<double>(confirmed) + 1) / std::log(static_cast<double>(enough) + 1);
  const auto ms = std::chrono::duration<double, std::milli>(max - share * (max - min)).count();
  return std::max<Duration>(min, std::chrono::milliseconds(static_cast<std::int64_t>(ms)));
}

}  // namespace

void Invariants::broken(const std::string& rule, const std::string& what) const {
  throw Violation(rule, "member " + self_ + ": " + what);
}

void Invariants::check(const Node& node, const Observed& seen, const Step& step) {
  most_members_ = std::max(most_members_, node.membership().table().size());
  const bool moved = line_up(node);
  if (moved) check_table(node);
  check_self(node);
  const bool changed = check_records(node, step);
  check_probe(node, step);
  check_events(node, seen, moved || changed);
  check_queue(node, seen, step);
  check_resources(node, seen, step);
}

void Invariants::check_table(const Node& node) const {
  const auto& table = node.membership().table();
  for (const auto& member : table)
    if (table.find(member->name) != member.get())
      broken("table", "the name " + member->name + " leads elsewhere");
  if (table.find(self_) == nullptr) broken("table", "does not know itself");
}

// Alive until it leaves, then left for good; nobody but itself makes it raise its incarnation, and
// nobody lowers it.
void Invariants::check_self(const Node& node) {
  const auto& membership = node.membership();
  const auto incarnation = membership.own_incarnation();
  if (incarnation < own_incarnation_) broken("self", "its own incarnation went down");
  if (left_ && incarnation != own_incarnation_) broken("self", "refutes although it has left");
  if (left_ && !membership.leaving()) broken("self", "is back although it has left");
  own_incarnation_ = incarnation;
  left_ = membership.leaving();
  const auto& self = membership.self();
  if (self.state != (left_ ? State::left : State::alive))
    broken("self", "holds itself for " + std::string(state_name(self.state)));
  if (self.incarnation != incarnation) broken("self", "says another incarnation than it has");
}

bool Invariants::Record::is(const gossip::Member& m) const {
  const auto voices = [](const auto& s) { return s ? s->accusers().size() : 0; };
  return known && info.incarnation == m.incarnation && info.state == m.state &&
         changed == m.changed && voices(suspicion) == voices(m.suspicion);
}

bool Invariants::Record::says(const gossip::Member& m) const {
  return is(m) && info.name == m.name && info.endpoint == m.endpoint && info.meta == m.meta &&
         info.versions == m.versions;
}

// Brings the records into the table's order: true if members came, went or moved.
bool Invariants::line_up(const Node& node) {
  const auto& table = node.membership().table();
  if (table.indexed() != table.size())
    broken("table", std::to_string(table.size()) + " members, but " +
                        std::to_string(table.indexed()) + " names");
  bool same = records_.size() == table.size();
  for (std::size_t i = 0; same && i < records_.size(); ++i) {
    const auto& member = table.at(i);
    const auto& record = records_[i];
    same = record.at == &member && (record.is(member) || record.info.name == member.name);
  }
  fewest_ = most_ = table.size();
  if (same) return false;

  std::unordered_map<std::string, Record> before;
  for (auto& record : records_) {
    auto name = record.info.name;
    before.emplace(std::move(name), std::move(record));
  }
  records_.clear();
  std::size_t stayed = 0;
  for (const auto& member : table) {
    auto known = before.extract(member->name);
    // One that was gone and is back may have been forgotten in between.
    stayed += known && (known.mapped().is(*member) || known.mapped().info.is_present());
    records_.push_back(known ? std::move(known.mapped()) : Record{});
    records_.back().info.name = member->name;
    records_.back().at = member.get();
  }
  // In which order they came and went is not to be seen.
  fewest_ = stayed;
  most_ = table.size() + before.size();
  for (const auto& [name, old] : before)
    if (old.info.is_present() || name == self_)
      broken("reap",
             name + " was forgotten while it was " + std::string(state_name(old.info.state)));
  return true;
}

bool Invariants::check_records(const Node& node, const Step& step) {
  // Most steps change nothing, and most faults show at once; all is compared now and then.
  const bool closely = ++looks_ % 8 == 0;
  bool news = false;
  auto record = records_.begin();
  for (const auto& member : node.membership().table()) {
    const auto& m = *member;
    auto& old = *record++;
    if ((m.suspicion != nullptr) != (m.state == State::suspect))
      broken("suspicion", m.name + " is " + std::string(state_name(m.state)) +
                              (m.suspicion ? " with" : " without") + " a suspicion");
    check_forgotten(node, m, step);
    if (closely ? old.says(m) : old.is(m)) continue;
    news = true;
    Record now;
    now.known = true;
    now.at = &m;
    now.info = m;
    now.changed = m.changed;
    now.confirmed = step.now;
    if (m.suspicion) now.suspicion = *m.suspicion;
    bool doubted = false;
    if (old.known) {
      check_change(node, old, m, step);
      doubted = m.suspicion && old.suspicion && old.suspicion->start() == m.suspicion->start();
      if (doubted && old.suspicion->confirmed() == m.suspicion->confirmed())
        now.confirmed = old.confirmed;
    }
    if (m.suspicion) {
      if (!doubted) check_suspicion(node, m, step);
      const auto& accusers = m.suspicion->accusers();
      if (std::find(accusers.begin(), accusers.end(), self_) != accusers.end())
        accused_.insert(m.name);
    }
    old = std::move(now);
  }
  return news;
}

void Invariants::check_change(const Node& node, const Record& old, const gossip::Member& now,
                              const Step& step) const {
  // Forgotten and met again within this step, it is a member like any new one.
  if (old.info.is_gone() && step.now - old.changed > node.config().gossip_to_the_dead) return;
  const auto was = old.info.state;
  const bool moved = old.info.endpoint != now.endpoint;
  if (moved && was != State::left && was != State::dead)
    broken("conflict", now.name + " was moved while it was there");
  if (!moved && now.incarnation < old.info.incarnation)
    broken("incarnation", "that of " + now.name + " went down");
  if (!moved && now.incarnation <= old.info.incarnation && now.state == State::alive &&
      ((old.info.is_gone() && old.info.incarnation > 0) || was == State::suspect))
    broken("resurrection", now.name + " is alive again without a higher incarnation");
  if (old.info.is_present() && now.state == State::dead && step.kind == "bytes")
    broken("hearsay", now.name + " is dead because another member's table says so");
  if (was == State::suspect && now.state == State::dead && step.kind == "timer")
    check_verdict(node, old, step);
}

void Invariants::check_forgotten(const Node& node, const gossip::Member& now,
                                 const Step& step) const {
  if (now.is_present() || now.name == self_ || step.dozing) return;
  const auto& config = node.config();
  // A round over all members, each of them probed as slowly as the least healthy prober does.
  const auto round = static_cast<std::int64_t>(most_members_ + 3) *
                     config.awareness_max_multiplier * config.probe_interval;
  if (step.now - now.changed > config.gossip_to_the_dead + round)
    broken("reap", now.name + " is gone for long and still not forgotten");
}

// Its own accusations follow its own failed probe, or what another member's table says.
void Invariants::check_suspicion(const Node& node, const gossip::Member& suspect,
                                 const Step& step) {
  const auto& suspicion = *suspect.suspicion;
  if (suspicion.accusers().front() == self_) {
    // What it has once said comes back to it when it has forgotten the member, or everything.
    if (step.kind == "packet" && !accused_.contains(suspect.name))
      broken("accusation", suspect.name + " was accused out of the blue");
    if (step.kind == "timer" && probed_ != suspect.name)
      broken("accusation", suspect.name + " was accused without a probe");
  }
  const auto length = suspicion.due() - suspicion.start();
  for (auto n = fewest_; n <= most_; ++n)
    if (length == lasts(node.config(), n, suspicion.confirmed())) return;
  broken("verdict", "the suspicion of " + suspect.name + " by " +
                        std::to_string(suspicion.accusers().size()) + " members lasts " +
                        std::to_string(std::chrono::duration<double>(length).count()) +
                        " s among " + std::to_string(node.membership().table().size()));
}

// This member's own verdict: at the time that the confirmations demand.
void Invariants::check_verdict(const Node& node, const Record& old, const Step& step) const {
  const auto& name = old.info.name;
  const auto& s = *old.suspicion;
  const auto& config = node.config();
  if (name == self_) broken("verdict", "declared itself dead");
  if (step.now - s.start() < shortest(config, 1))
    broken("verdict", name + " was declared dead too early");

  // What the cluster was when it began is in its first timeout.
  std::size_t n = 1;
  while (n < most_members_ && lasts(config, n, 0) != s.times().max &&
         !(s.times().confirmations == 0 && lasts(config, n, 0) == s.times().min))
    ++n;
  const auto due = s.start() + lasts(config, n, s.confirmed());
  // Confirmed when less was left than has passed: at once.
  const auto demanded = std::max(due, old.confirmed);
  // Its own failed probe may have confirmed it in this very step.
  const auto& accusers = s.accusers();
  const bool own = probed_ == name && s.confirmed() < s.times().confirmations &&
                   std::find(accusers.begin(), accusers.end(), self_) == accusers.end();
  const auto earliest =
      own ? std::min(demanded, s.start() + lasts(config, n, s.confirmed() + 1)) : demanded;
  // Clocks that run differently are converted to the nanosecond.
  if (step.now < earliest || (!step.dozing && step.now > demanded + 1us))
    broken("verdict", name + " was declared dead at another time than the formula's");
}

void Invariants::check_probe(const Node& node, const Step& step) {
  const auto* target = node.prober().target();
  const auto name = target == nullptr ? std::string() : target->name;
  if (target != nullptr && name != probed_) {
    if (name == self_) broken("probe", "probes itself");
    if (target->is_gone()) broken("probe", "probes " + name + ", which is gone");
    if (step.kind != "timer" && step.kind != "packet")
      broken("probe", "begins to probe without a tick");
  }
  probed_ = name;
}

// Join, updates, leave, join...; and they say exactly what the list of members says.
void Invariants::check_events(const Node& node, const Observed& seen, bool changed) {
  for (const auto& event : seen.events) {
    const auto& name = event.member.name;
    if (!first_event_seen_ && (event.kind != MemberEvent::Kind::join || name != self_))
      broken("events", "the first one is not its own join");
    first_event_seen_ = true;
    const auto known = told_.find(name);
    switch (event.kind) {
      case MemberEvent::Kind::join:
        if (known != told_.end()) broken("events", name + " joined twice");
        told_.emplace(name, event.member.meta);
        break;
      case MemberEvent::Kind::leave:
        if (known == told_.end()) broken("events", name + " left without having joined");
        told_.erase(known);
        break;
      case MemberEvent::Kind::update:
        if (known == told_.end()) broken("events", name + " changed without having joined");
        if (known->second == event.member.meta) broken("events", name + " changed nothing");
        known->second = event.member.meta;
        break;
      case MemberEvent::Kind::conflict:
        break;
    }
  }
  if (!changed && seen.events.empty()) return;
  const auto members = node.members();
  for (const auto& member : members) {
    const auto known = told_.find(member.name);
    if (known == told_.end()) broken("events", member.name + " came without an event");
    if (!(known->second == member.meta)) broken("events", member.name + " changed without one");
  }
  if (members.size() != told_.size()) broken("events", "somebody went without an event");
}

void Invariants::check_queue(const Node& node, const Observed& seen, const Step& step) const {
  for (const auto size : seen.packets)
    if (size > node.config().packet_size + 5) broken("packet", "one is too long");
  if (step.kind != "timer") return;  // what is wrong with the queue is still wrong at the next tick
  // The table has been larger perhaps when an item was sent last.
  const auto limit = node.config().retransmit_multiplier * digits(most_members_);
  std::set<std::string_view> names;
  for (const auto& item : node.membership().queue()) {
    if (!names.insert(item.name).second) broken("queue", "two items about " + item.name);
    if (item.sent >= limit) broken("queue", "an item is sent too often");
  }
}

void Invariants::check_resources(const Node& node, const Observed& seen, const Step& step) {
  const auto& config = node.config();
  if (step.kind == "packet") packets_.push_back(step.now);
  while (!packets_.empty() && packets_.front() < step.now - config.probe_timeout)
    packets_.pop_front();
  if (!step.dozing && node.prober().relays() > packets_.size())
    broken("relays", std::to_string(node.prober().relays()) + " are open, " +
                         std::to_string(packets_.size()) + " packets came lately");
  if (node.exchanges().inbound() > config.max_inbound_streams)
    broken("streams", "too many are open");
  // An acceptor's deadline is renewed once, a joining member's for each address.
  if (!step.dozing && seen.oldest_stream && step.now - *seen.oldest_stream > 2 * config.tcp_timeout)
    broken("streams", "one is open beyond its deadline");
  if (seen.unasked_results > 0) broken("calls", "a result came that nobody waits for");
}

}  // namespace sim::membership
