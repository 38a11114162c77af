#include "tests/simulation/membership/cluster.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace sim::membership {

using namespace gossip;
using namespace std::chrono_literals;

Cluster::Cluster(std::uint64_t seed, Config c) : world(seed), config(std::move(c)), seed_(seed) {
  world.on_step = [this](MachineId id, std::string_view kind) { stepped(id, kind); };
}

MachineId Cluster::add(bool skewed) {
  auto& random = world.random();
  const auto offset = skewed ? Duration(std::chrono::seconds(random.below(86'400))) : Duration();
  const auto rate = skewed ? 0.999 + 0.002 * random.uniform() : 1.0;
  const auto id = world.add(
      [this](MachineId machine) {
        return std::make_unique<Member>(world, machine, config, world.random()());
      },
      offset, rate);
  watches_.push_back({Invariants(name_of(id)), {}, {}});
  return id;
}

void Cluster::start(MachineId id, std::vector<MachineId> others) {
  watches_[id] = {Invariants(name_of(id)), {}, {}};
  world.start(id);
  if (!others.empty()) join(id, std::move(others));
}

void Cluster::form(std::size_t count, bool skewed) {
  for (std::size_t i = 0; i < count; ++i) {
    const auto id = add(skewed);
    start(id, id == 0 ? std::vector<MachineId>{} : std::vector<MachineId>{0});
    world.run_for(50ms);
  }
  world.run_for(2 * full_exchange());
  check_agreement();
}

void Cluster::crash(MachineId id) {
  world.crash(id);
}

void Cluster::pause(MachineId id, Duration how_long) {
  watches_[id].dozed_until = world.now() + how_long + 60s;
  world.pause(id, how_long);
}

void Cluster::leave(MachineId id) {
  world.call(id, [&](TimePoint now) { member(id).leave(now); });
}

void Cluster::update(MachineId id, std::string meta) {
  world.call(id, [&](TimePoint now) { member(id).update(now, std::move(meta)); });
}

void Cluster::join(MachineId id, std::vector<MachineId> others) {
  world.call(id, [&](TimePoint now) { member(id).join(now, others); });
}

void Cluster::cut(const std::vector<MachineId>& from, const std::vector<MachineId>& to, Cut how) {
  for (const auto a : from)
    for (const auto b : to)
      if (a != b) world.cut(a, b, how);
}

std::vector<MachineId> Cluster::live() const {
  std::vector<MachineId> ids;
  for (MachineId id = 0; id < world.size(); ++id)
    if (world.is_up(id)) ids.push_back(id);
  return ids;
}

void Cluster::stepped(MachineId id, std::string_view kind) {
  auto& watch = watches_[id];
  const auto seen = member(id).take();
  for (const auto& event : seen.events) {
    if (event.kind != MemberEvent::Kind::leave) continue;
    ++leave_events;
    watch.leaves[event.member.name].push_back(world.now());
  }
  if (strict)
    watch.invariants.check(member(id).node(), seen, world.local_now(id), kind,
                           world.now() < watch.dozed_until);
}

std::optional<TimePoint> Cluster::told_gone(MachineId observer, MachineId subject,
                                            TimePoint since) const {
  const auto& leaves = watches_[observer].leaves;
  const auto found = leaves.find(name_of(subject));
  if (found == leaves.end()) return std::nullopt;
  for (const auto when : found->second)
    if (when >= since) return when;
  return std::nullopt;
}

Duration Cluster::shortest_suspicion(std::size_t n) const {
  const auto scale = std::max(1.0, std::log10(static_cast<double>(n)));
  return config.suspicion_multiplier * static_cast<std::int64_t>(scale * 1000) *
         config.probe_interval / 1000;
}

Duration Cluster::longest_suspicion(std::size_t n) const {
  return config.suspicion_max_multiplier * shortest_suspicion(n);
}

Duration Cluster::detection() const {
  return (std::min<std::int64_t>(2 * static_cast<std::int64_t>(live().size()), 14) + 1) *
         config.probe_interval;
}

Duration Cluster::spread() const {
  return 2 * std::bit_width(world.size()) * config.gossip_interval;
}

// Of a member that may be young: its first exchange comes after the plain interval at the latest.
Duration Cluster::full_exchange() const {
  Duration scaled = config.push_pull_interval;
  for (std::size_t n = 32; n < world.size(); n *= 2) scaled += config.push_pull_interval;
  return config.push_pull_interval + scaled;
}

Duration Cluster::quiet() const {
  return detection() + longest_suspicion(world.size()) + config.push_pull_interval +
         2 * full_exchange();
}

void Cluster::check_agreement() {
  std::map<std::string, const gossip::Member*> truth;
  for (const auto id : live())
    if (takes_part(id)) truth[name_of(id)] = &member(id).node().membership().self();
  for (const auto id : live()) {
    if (!takes_part(id)) continue;
    std::size_t present = 0;
    for (const auto& known : member(id).node().membership().table()) {
      const auto what =
          name_of(id) + " holds " + known->name + " for " + std::string(state_name(known->state));
      if (known->state == State::suspect) throw Violation("agreement", what);
      const auto real = truth.find(known->name);
      if (known->is_present() != (real != truth.end())) throw Violation("agreement", what);
      if (!known->is_present()) continue;
      ++present;
      if (known->incarnation != real->second->incarnation ||
          known->endpoint != real->second->endpoint || !(known->meta == real->second->meta) ||
          known->versions != real->second->versions)
        throw Violation("agreement", what + " but with old news");
    }
    if (present != truth.size())
      throw Violation("agreement", name_of(id) + " knows " + std::to_string(present) + " of " +
                                       std::to_string(truth.size()) + " members");
  }
}

}  // namespace sim::membership
