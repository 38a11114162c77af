#include "tests/simulation/membership/scenarios.h"

#include <algorithm>
#include <ctime>
#include <iostream>

namespace sim::membership {

using namespace gossip;
using namespace std::chrono_literals;

namespace {

std::size_t between(World& world, std::size_t low, std::size_t high) {
  return low + world.random().below(high - low + 1);
}

// How many members take part.
std::size_t members(Cluster& cluster, std::size_t low, std::size_t high) {
  auto& world = cluster.world;
  if (!cluster.large) return between(world, low, high);
  return std::min(between(world, 30, 100), between(world, 30, 100));  // they cost their square
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
  cluster.form(members(cluster, 5, 14));
  world.weather.loss = loss;
  world.run_for(up_to(world, 5s));
  const auto n = cluster.live().size();
  const auto start = world.now();
  const auto victims = world.random().chance(0.4) ? 1 : between(world, 2, std::min(n / 2, n - 3));
  for (MachineId id = 1; id <= victims; ++id) cluster.crash(id);
  const auto observers = cluster.live();
  const auto& config = cluster.config;
  const auto confirmations = config.suspicion_multiplier - 2;

  const bool enough = observers.size() >= 2 * (confirmations + 1);
  auto verdict = enough ? cluster.shortest_suspicion(n) : cluster.longest_suspicion(n);
  // Where so many are lost all doubt themselves and probe slowly. The bound counts with two who
  // confirm; the WAN profile wants four, so each further one waits for a probe as slow as they get.
  if (victims > 1 && confirmations > 2)
    verdict += (confirmations - 2) * config.awareness_max_multiplier * config.probe_interval;
  std::vector<MachineId> gone;
  for (MachineId id = 1; id <= victims; ++id) gone.push_back(id);
  cluster.wait_told(observers, Cluster::Happening::leave, gone, start,
                    cluster.detection() + cluster.full_exchange() + cluster.longest_suspicion(n));
  cluster.check_told(
      observers, Cluster::Happening::leave, gone, start,
      // The last probe before the crash may have got lost, and those for it met a silent machine.
      {.earliest = cluster.shortest_suspicion(n) + config.probe_interval - config.probe_timeout -
                   world.weather.most_delay,
       .first = cluster.detection() + cluster.longest_suspicion(n),
       .bulk = cluster.detection() + verdict + cluster.spread()});
}

// One joins, one changes, one leaves: most hear it by gossip, the rest by full exchanges.
void news(Cluster& cluster) {
  auto& world = cluster.world;
  cluster.form(members(cluster, 5, 16));
  world.weather.loss = world.random().chance(0.5) ? 0.05 : 0.0;
  using Happening = Cluster::Happening;
  const auto told = [&](Happening what, MachineId subject) {
    const auto since = world.now();
    auto observers = cluster.live();
    std::erase(observers, subject);
    if (what == Happening::join)
      cluster.start(subject, {any_of(world, observers)});
    else if (what == Happening::update)
      cluster.update(subject, "news");
    else
      cluster.leave(subject);
    cluster.wait_told(observers, what, {subject}, since, 2 * cluster.full_exchange());
    cluster.check_told(observers, what, {subject}, since, {.bulk = cluster.spread()});
  };
  const auto newcomer = cluster.add();
  told(Happening::join, newcomer);
  told(Happening::update, any_of(world, cluster.live()));
  told(Happening::leave, newcomer);
}

// Somebody says of a healthy member what is not true. It refutes as soon as it hears of it: by
// gossip mostly, at the latest by an exchange of tables.
void accused(Cluster& cluster) {
  auto& world = cluster.world;
  cluster.form(members(cluster, 3, 16));
  if (cluster.config.tcp_pings && world.random().chance(0.5)) world.weather.loss = 0.05;
  const auto ids = cluster.live();
  const auto subject = any_of(world, ids);
  const auto incarnation = cluster.member(subject).node().membership().own_incarnation();
  const bool dead = world.random().chance(0.5);
  cluster.hear(any_of(world, ids), dead ? encode(Dead{incarnation, name_of(subject), "nobody"})
                                        : encode(Suspect{incarnation, name_of(subject), "nobody"}));
  world.run_for(cluster.full_exchange() + 2 * cluster.spread());
  std::size_t convinced = 0;
  for (const auto id : ids) {
    const auto* known = cluster.member(id).node().membership().table().find(name_of(subject));
    convinced += known->state == State::alive && known->incarnation > incarnation;
  }
  if (cluster.gossips_well() && convinced < Cluster::most(ids.size()))
    throw Violation("refutation", std::to_string(convinced) + " of " + std::to_string(ids.size()) +
                                      " heard that " + name_of(subject) + " lives");
  cluster.settle();
}

// Two halves, but not for long enough to bury each other: they find together alone.
void short_cut(Cluster& cluster) {
  auto& world = cluster.world;
  cluster.form(members(cluster, 4, 14));
  const auto ids = cluster.live();
  const auto half = static_cast<std::ptrdiff_t>(between(world, 1, ids.size() - 1));
  const std::vector<MachineId> some(ids.begin(), ids.begin() + half);
  const std::vector<MachineId> others(ids.begin() + half, ids.end());
  cluster.cut(some, others, Cut::all);
  if (world.random().chance(0.7)) cluster.cut(others, some, Cut::all);
  world.run_for(up_to(world, cluster.shortest_suspicion(ids.size())));
  world.heal();
  cluster.settle(cluster.longest_suspicion(ids.size()) + 2 * cluster.full_exchange());
}

// Everything of a member that a packet could change.
std::string fingerprint(const Node& node) {
  std::string text;
  const auto& membership = node.membership();
  for (const auto& member : membership.table())
    text += member->name + " " + std::to_string(member->incarnation) + " " +
            std::string(state_name(member->state)) + " " + member->meta.bytes + "\n";
  for (const auto& item : membership.queue()) text += item.name + std::to_string(item.sent) + "\n";
  const auto* target = node.prober().target();
  return text + (target == nullptr ? "" : target->name) + std::to_string(node.health()) + " " +
         std::to_string(node.prober().relays()) + " " + std::to_string(node.exchanges().size()) +
         " " + std::to_string(node.wakeup()->time_since_epoch().count());
}

// A packet that would change everything if it were not broken.
std::string broken_packet(World& world, const Sealing& sealing, std::string message) {
  const auto sealed = [&sealing](std::string bytes) {
    return seal_packet(sealing, std::move(bytes), true, Nonce{});
  };
  switch (world.random().below(5)) {
    case 0: {
      auto stranger = sealing;
      stranger.label = "another cluster";
      return seal_packet(stranger, std::move(message), true, Nonce{});
    }
    case 1: {
      auto bytes = sealed(std::move(message));
      bytes.back() = static_cast<char>(bytes.back() ^ 1);
      return bytes;
    }
    case 2:
      message.front() = static_cast<char>(14 + world.random().below(200));
      return sealed(std::move(message));
    case 3:
      message.resize(1 + world.random().below(message.size() - 1));
      return sealed(std::move(message));
    default:
      return std::string(1 + world.random().below(40), static_cast<char>(0xf0));
  }
}

// What cannot be read, or is meant for somebody else, is counted and changes nothing. Whoever opens
// a stream and says nothing is sent away in time.
void noise(Cluster& cluster) {
  auto& world = cluster.world;
  cluster.form(members(cluster, 3, 6));
  const auto silent = world.random().below(cluster.config.max_inbound_streams);
  for (std::size_t i = 0; i < silent; ++i) {
    auto& member = cluster.member(0);
    world.call(0, [&](TimePoint now) {
      const auto stream = member.stream_accepted(now, 1);
      if (i % 2 == 0) member.stream_bytes(now, stream, label_header(cluster.config.sealing.label));
    });
  }
  const auto drops = [](const Node& node) {
    std::uint64_t sum = 0;
    for (const auto count : node.counters().drops) sum += count;
    return sum;
  };
  for (int i = 0; i < 200; ++i) {
    const auto ids = cluster.live();
    const auto id = any_of(world, ids);
    const auto& node = cluster.member(id).node();
    const auto bytes = broken_packet(world, cluster.config.sealing,
                                     encode(Dead{100, name_of(any_of(world, ids)), "nobody"}));
    const auto before = fingerprint(node);
    const auto dropped = drops(node);
    const auto packets = world.packets();
    world.call(id, [&](TimePoint now) { cluster.member(id).hear(now, bytes); });
    if (fingerprint(node) != before || world.packets() != packets)
      throw Violation("noise", "a broken packet changed something");
    if (drops(node) == dropped) throw Violation("noise", "a broken packet was not counted");
    world.run_for(up_to(world, 100ms));
  }
  world.run_for(3 * cluster.config.tcp_timeout);
  cluster.check_agreement();
}

// Two members cannot hear each other; a third hears both. Nobody may be lost.
void one_pair_apart(Cluster& cluster) {
  auto& world = cluster.world;
  cluster.form(members(cluster, 3, 8));
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
  cluster.settle();
}

// Packets do not pass, streams do: pings over TCP must keep everybody in.
void packets_lost(Cluster& cluster) {
  if (!cluster.config.tcp_pings) return;  // over TLS there are no datagrams to lose
  auto& world = cluster.world;
  cluster.form(members(cluster, 3, 8));
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
  if (cluster.config.tcp_pings && world.random().chance(0.5)) world.weather.loss = 0.05;
  world.weather.duplication = 0.02;
  cluster.form(members(cluster, 4, 12), true);
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
  cluster.settle();
}

// Everything at once; then calm, in which all must agree again.
void chaos(Cluster& cluster) {
  auto& world = cluster.world;
  cluster.form(members(cluster, 4, 12), true);
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
  // Without pings over TCP a lost packet may cost a verdict.
  if (cluster.config.tcp_pings) world.weather.loss = 0.05;
  world.run_for(25s);  // the last pause ends
  // Two sides that hold each other for dead do not talk any more: an operator, or the layer above,
  // joins them again. Entries that are forgotten in between make a second time necessary.
  for (int round = 0; round < 2; ++round) {
    const auto live = cluster.live();
    auto some = live;
    if (cluster.large) some = {live.front(), any_of(world, live), any_of(world, live)};
    for (const auto id : live) cluster.join(id, some);
    world.run_for(5s);
  }
  cluster.settle();
}

}  // namespace

const std::vector<Scenario>& scenarios() {
  static const std::vector<Scenario> all{{"crash", crash},
                                         {"chaos", chaos},
                                         {"one-pair-apart", one_pair_apart},
                                         {"daily-life", daily_life},
                                         {"packets-lost", packets_lost},
                                         {"news", news},
                                         {"accused", accused},
                                         {"short-cut", short_cut},
                                         {"noise", noise}};
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
  const auto cpu = static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
  std::cout << "  simulated " << seconds(world.now() - begin) << " s in " << cpu << " s of CPU, "
            << seconds(world.now() - begin) / cpu << " times as fast as time\n";
  if (known(left) != left) throw Violation("storm", "no agreement after ten minutes");

  // What it costs when nothing happens: probes, and exchanges of whole tables.
  world.weather.loss = 0;
  world.run_for(30s);
  const auto calm = world.now();
  const auto packets = world.packets();
  const auto packet_bytes = world.packet_bytes();
  const auto stream_bytes = world.stream_bytes();
  world.run_for(180s);
  const auto each = seconds(world.now() - calm) * static_cast<double>(left);
  std::cout << "  calm: each member sends " << static_cast<double>(world.packets() - packets) / each
            << " packets, " << static_cast<double>(world.packet_bytes() - packet_bytes) / each
            << " bytes in packets and "
            << static_cast<double>(world.stream_bytes() - stream_bytes) / each
            << " bytes in streams per second\n";
}

}  // namespace sim::membership
