#include "tests/simulation/membership/scenarios.h"

#include <algorithm>
#include <iostream>

namespace sim::membership {

using namespace gossip;
using namespace std::chrono_literals;

namespace {

std::size_t between(World& world, std::size_t low, std::size_t high) {
  return low + world.random().below(high - low + 1);
}

MachineId any_of(World& world, const std::vector<MachineId>& ids) {
  return ids[world.random().below(ids.size())];
}

Duration up_to(World& world, Duration most) {
  return Duration(
      static_cast<Duration::rep>(world.random().below(static_cast<std::uint64_t>(most.count()))));
}

double seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

// Some members die at once; the others must find out, in time and not before it.
void crash(Cluster& cluster) {
  auto& world = cluster.world;
  const auto loss = world.random().chance(0.5) ? 0.05 : 0.0;
  cluster.form(between(world, 5, 14));
  world.weather.loss = loss;
  world.run_for(up_to(world, 5s));
  const auto n = cluster.live().size();
  const auto start = world.now();
  const auto victims = world.random().chance(0.4) ? 1 : between(world, 2, std::min(n / 2, n - 3));
  for (MachineId id = 1; id <= victims; ++id) cluster.crash(id);
  const auto observers = cluster.live();
  const auto& config = cluster.config;
  const auto confirmations = config.suspicion_multiplier - 2;

  const auto first_due = cluster.detection() + cluster.longest_suspicion(n);
  const bool enough = observers.size() >= 2 * (confirmations + 1);
  const auto bulk_due = cluster.detection() + cluster.spread() +
                        (enough ? cluster.shortest_suspicion(n) : cluster.longest_suspicion(n));
  const auto all_due = cluster.detection() + cluster.full_exchange() + cluster.longest_suspicion(n);
  const auto too_early =
      cluster.shortest_suspicion(n) + config.probe_interval - config.probe_timeout;

  world.run_until(start + all_due);
  std::vector<Duration> heard;
  for (const auto observer : observers)
    for (MachineId id = 1; id <= victims; ++id)
      if (const auto told = cluster.told_gone(observer, id, start)) heard.push_back(*told - start);
  std::sort(heard.begin(), heard.end());
  if (heard.size() < observers.size() * victims)
    throw Violation("crash", "not all were told of a crash");
  if (heard.front() < too_early) throw Violation("crash", "told of a crash too early");
  if (heard.front() > first_due) throw Violation("crash", "the first was told of a crash too late");
  // 99 % of the pairs, of few 90 %, of very few one.
  const auto count = heard.size();
  const auto bulk = count < 10 ? 1 : count < 100 ? count * 9 / 10 : count * 99 / 100;
  if (heard[bulk - 1] > bulk_due)
    throw Violation("crash", "most were told of a crash after " +
                                 std::to_string(seconds(heard[bulk - 1])) + " s, bound " +
                                 std::to_string(seconds(bulk_due)) + " s");
}

// Two members cannot hear each other; a third hears both. Nobody may be lost.
void one_pair_apart(Cluster& cluster) {
  auto& world = cluster.world;
  cluster.form(between(world, 3, 8));
  const auto ids = cluster.live();
  const auto a = any_of(world, ids);
  auto b = any_of(world, ids);
  if (a == b) b = (a + 1) % static_cast<MachineId>(ids.size());
  const auto before = cluster.leave_events;
  const bool one_way = world.random().chance(0.3);
  cluster.cut({a}, {b}, Cut::all);
  if (!one_way) cluster.cut({b}, {a}, Cut::all);
  world.run_for(90s);
  if (cluster.leave_events != before)
    throw Violation("indirect", "a member was lost that others could reach");
  // Where many members are there to ask, all draws may miss them: then it takes a refutation.
  const bool always_asks = ids.size() < 3 * cluster.config.indirect_checks;
  for (const auto id : ids)
    if (always_asks && cluster.member(id).node().membership().own_incarnation() != 1)
      throw Violation("indirect", "a member had to refute though others could reach it");
  world.heal();
  world.run_for(cluster.quiet());
  cluster.check_agreement();
}

// Packets do not pass, streams do: pings over TCP must keep everybody in.
void packets_lost(Cluster& cluster) {
  if (!cluster.config.tcp_pings) return;  // over TLS there are no datagrams to lose
  auto& world = cluster.world;
  cluster.form(between(world, 3, 8));
  const auto ids = cluster.live();
  const auto deaf = any_of(world, ids);
  const auto before = cluster.leave_events;
  cluster.cut(ids, {deaf}, Cut::packets);
  cluster.cut({deaf}, ids, Cut::packets);
  world.run_for(60s);
  if (cluster.leave_events != before)
    throw Violation("tcp ping", "a member was lost that answers over TCP");
}

// Leaves, updates and restarts as operators do them.
void daily_life(Cluster& cluster) {
  auto& world = cluster.world;
  world.weather.loss = world.random().chance(0.5) ? 0.05 : 0.0;
  world.weather.duplication = 0.02;
  cluster.form(between(world, 4, 12), true);
  for (int i = 0; i < 6; ++i) {
    const auto id = static_cast<MachineId>(world.random().below(world.size()));
    if (!cluster.takes_part(id)) {
      if (cluster.is_up(id)) cluster.crash(id);
      cluster.start(id, {any_of(world, cluster.live())});
    } else if (world.random().chance(0.5)) {
      cluster.update(id, "meta " + std::to_string(i));
    } else if (cluster.live().size() > 3) {
      cluster.leave(id);
      world.run_for(2s);
      if (world.random().chance(0.7)) cluster.crash(id);
    }
    world.run_for(up_to(world, 10s));
  }
  world.run_for(cluster.quiet());
  cluster.check_agreement();
}

// Everything at once; then calm, in which all must agree again.
void chaos(Cluster& cluster) {
  auto& world = cluster.world;
  cluster.form(between(world, 4, 12), true);
  world.weather.loss = 0.2 * world.random().uniform();
  world.weather.duplication = 0.1;
  world.weather.most_delay = 1ms + up_to(world, 60ms);
  for (int i = 0; i < 12; ++i) {
    const auto id = static_cast<MachineId>(world.random().below(world.size()));
    switch (world.random().below(6)) {
      case 0:
        if (cluster.live().size() > 3 && cluster.is_up(id)) cluster.crash(id);
        break;
      case 1:
        if (!cluster.is_up(id)) cluster.start(id, {any_of(world, cluster.live())});
        break;
      case 2:
        if (cluster.is_up(id)) cluster.pause(id, up_to(world, 20s));
        break;
      case 3:
      case 4: {
        // Some against the others; one way or both, packets or everything.
        std::vector<MachineId> some, others;
        for (const auto member : cluster.live())
          (world.random().chance(0.4) ? some : others).push_back(member);
        const auto how = world.random().chance(0.5) ? Cut::all : Cut::packets;
        cluster.cut(some, others, how);
        if (world.random().chance(0.6)) cluster.cut(others, some, how);
        break;
      }
      default:
        world.heal();
        break;
    }
    world.run_for(up_to(world, 15s));
  }

  world.heal();
  world.weather = {};
  world.weather.loss = 0.05;
  world.run_for(25s);  // the last pause ends
  // Two sides that hold each other for dead do not talk any more: an operator, or the layer above,
  // joins them again. Entries that are forgotten in between make a second time necessary.
  for (int round = 0; round < 2; ++round) {
    const auto live = cluster.live();
    for (const auto id : live) cluster.join(id, live);
    world.run_for(5s);
  }
  world.run_for(cluster.quiet());
  cluster.check_agreement();
}

}  // namespace

const std::vector<Scenario>& scenarios() {
  static const std::vector<Scenario> all{{"crash", crash},
                                         {"chaos", chaos},
                                         {"one-pair-apart", one_pair_apart},
                                         {"daily-life", daily_life},
                                         {"packets-lost", packets_lost}};
  return all;
}

void storm(std::uint64_t seed, std::size_t members) {
  auto config = Config::lan();
  config.sealing.compress = false;  // the figures are about the protocol
  Cluster cluster(seed, config);
  cluster.strict = false;
  auto& world = cluster.world;
  world.weather.loss = 0.05;
  for (std::size_t i = 0; i < members; ++i) cluster.add();
  cluster.start(0, {});
  for (MachineId id = 1; id < members; ++id)
    world.after(up_to(world, 1s), [&cluster, id] { cluster.start(id, {0}); });

  const auto known = [&](std::size_t of) {
    std::size_t full = 0;
    for (const auto id : cluster.live()) {
      std::size_t present = 0;
      for (const auto& member : cluster.member(id).node().membership().table())
        present += member->is_present();
      full += present == of;
    }
    return full;
  };
  const auto until = [&](std::size_t of, double share, TimePoint since) {
    while (static_cast<double>(known(of)) < share * static_cast<double>(cluster.live().size()) &&
           world.now() - since < 600s)
      world.run_for(500ms);
    return seconds(world.now() - since);
  };

  std::cout << "storm: " << members << " members, seed " << seed << ", 5 % loss\n";
  const auto begin = world.now();
  std::cout << "  95 % know all after  " << until(members, 0.95, begin) << " s\n" << std::flush;
  std::cout << "  all know all after   " << until(members, 1.0, begin) << " s\n" << std::flush;
  const auto crash = world.now();
  const auto victims = members * 3 / 10;
  for (MachineId id = 1; id <= victims; ++id) cluster.crash(id);
  const auto before = cluster.leave_events;
  while (cluster.leave_events == before && world.now() - crash < 600s) world.run_for(100ms);
  std::cout << "  30 % crash: first leave event after " << seconds(world.now() - crash) << " s\n";
  const auto left = members - victims;
  std::cout << "  95 % know who is left after " << until(left, 0.95, crash) << " s\n" << std::flush;
  std::cout << "  all know who is left after  " << until(left, 1.0, crash) << " s\n";
  std::cout << "  " << world.steps() << " steps, " << world.packets() << " packets, "
            << world.packet_bytes() / (1 << 20) << " MiB\n";
  if (known(left) != left) throw Violation("storm", "no agreement after ten minutes");
}

}  // namespace sim::membership
