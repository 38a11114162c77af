#include "tests/simulation/membership/cluster.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace sim::membership {

using namespace gossip;
using namespace std::chrono_literals;

Cluster::Cluster(std::uint64_t seed, Config c) : world(seed), config(std::move(c)) {
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
  watches_[id] = {Invariants(name_of(id), watches_[id].invariants.accused()), {}, {}};
  world.start(id);
  if (!others.empty()) join(id, std::move(others));
}

void Cluster::form(std::size_t count, bool skewed) {
  for (std::size_t i = 0; i < count; ++i) {
    const auto id = add(skewed);
    start(id, id == 0 ? std::vector<MachineId>{} : std::vector<MachineId>{0});
    world.run_for(50ms);
  }
  const auto due = world.now() + 2 * full_exchange();
  while (world.now() < due && disagreement()) world.run_for(500ms);
  check_agreement();
  world.run_for(10 * config.gossip_interval);  // the last news is told
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

void Cluster::hear(MachineId id, std::string message) {
  const auto bytes = seal_packet(config.sealing, std::move(message), true, Nonce{});
  world.call(id, [&](TimePoint now) { member(id).hear(now, bytes); });
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
    leave_events += event.kind == Happening::leave;
    if (strict) watch.told[{event.kind, event.member.name}].push_back(world.now());
  }
  if (strict)
    watch.invariants.check(member(id).node(), seen,
                           {world.local_now(id), kind, world.now() < watch.dozed_until});
}

std::optional<TimePoint> Cluster::told(MachineId observer, Happening what, MachineId subject,
                                       TimePoint since) const {
  const auto& all = watches_[observer].told;
  const auto found = all.find({what, name_of(subject)});
  if (found == all.end()) return std::nullopt;
  const auto first = std::lower_bound(found->second.begin(), found->second.end(), since);
  if (first == found->second.end()) return std::nullopt;
  return *first;
}

std::size_t Cluster::most(std::size_t pairs) {
  if (pairs < 10) return 1;
  return pairs < 100 ? pairs * 9 / 10 : pairs * 99 / 100;
}

void Cluster::wait_told(const std::vector<MachineId>& observers, Happening what,
                        const std::vector<MachineId>& subjects, TimePoint since, Duration most) {
  const auto knows_all = [&](MachineId observer) {
    return std::all_of(subjects.begin(), subjects.end(), [&](MachineId subject) {
      return told(observer, what, subject, since).has_value();
    });
  };
  const auto due = since + most;
  while (world.now() < due &&
         !(large && std::all_of(observers.begin(), observers.end(), knows_all)))
    world.run_until(std::min(due, world.now() + 1s));
}

void Cluster::check_told(const std::vector<MachineId>& observers, Happening what,
                         const std::vector<MachineId>& subjects, TimePoint since,
                         const Bounds& bounds) const {
  std::vector<Duration> heard;
  for (const auto observer : observers) {
    for (const auto subject : subjects) {
      const auto when = told(observer, what, subject, since);
      if (!when)
        throw Violation("bounds", name_of(observer) + " was not told of " + name_of(subject));
      heard.push_back(*when - since);
    }
  }
  std::sort(heard.begin(), heard.end());
  const auto compare = [](const char* which, Duration took, Duration bound) {
    const auto seconds = [](Duration d) {
      return std::to_string(std::chrono::duration<double>(d).count()) + " s";
    };
    throw Violation("bounds", std::string(which) + " told after " + seconds(took) + ", bound " +
                                  seconds(bound));
  };
  if (heard.front() < bounds.earliest) compare("the first was", heard.front(), bounds.earliest);
  if (heard.front() > bounds.first) compare("the first was", heard.front(), bounds.first);
  const auto bulk = heard[most(heard.size()) - 1];
  if (gossips_well() && bulk > bounds.bulk) compare("most were", bulk, bounds.bulk);
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
  return 2 * std::bit_width(world.size() - 1) * config.gossip_interval;
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

// Large clusters are watched to the end now and then only: where nothing happens, nothing is found.
void Cluster::settle(Duration bound) {
  const auto due = world.now() + bound;
  if (large && !world.random().chance(0.03)) {
    // Right after a cut nobody may doubt anybody, and somebody's probe fail yet.
    for (int calm = 0; world.now() < due && calm < 5; calm = disagreement() ? 0 : calm + 1)
      world.run_until(std::min(due, world.now() + 1s));
  } else {
    world.run_until(due);
  }
  check_agreement();
}

void Cluster::check_agreement() {
  if (const auto what = disagreement()) throw Violation("agreement", *what);
  for (const auto id : live())
    if (member(id).open_calls() > 0) throw Violation("calls", name_of(id) + " still waits for one");
}

std::optional<std::string> Cluster::disagreement() {
  std::map<std::string, const gossip::Member*> truth;
  for (const auto id : live())
    if (takes_part(id)) truth[name_of(id)] = &member(id).node().membership().self();
  for (const auto id : live()) {
    if (!takes_part(id)) continue;
    std::size_t present = 0;
    for (const auto& known : member(id).node().membership().table()) {
      const auto what =
          name_of(id) + " holds " + known->name + " for " + std::string(state_name(known->state));
      if (known->state == State::suspect) return what;
      const auto real = truth.find(known->name);
      if (known->is_present() != (real != truth.end())) return what;
      if (!known->is_present()) continue;
      ++present;
      if (known->incarnation != real->second->incarnation ||
          known->endpoint != real->second->endpoint || !(known->meta == real->second->meta) ||
          known->versions != real->second->versions)
        return what + " but with old news";
    }
    if (present != truth.size())
      return name_of(id) + " knows " + std::to_string(present) + " of " +
             std::to_string(truth.size()) + " members";
  }
  return std::nullopt;
}

}  // namespace sim::membership
