#pragma once

#include "goakt/base/clock.h"
#include "goakt/base/export.h"
#include "goakt/base/result.h"
#include "goakt/gossip/endpoint.h"
#include "goakt/gossip/member.h"
#include "goakt/gossip/packet.h"

#include <chrono>
#include <cstddef>
#include <string>

namespace goakt::gossip {

// Meta that others must be able to carry in a packet.
inline constexpr std::size_t kMaxMeta = 512;
inline constexpr std::size_t kMaxName = 1024;

// Everything that one member is told before it starts. The defaults are memberlist's for a LAN.
struct GOAKT_API Config {
  // Unique in the cluster.
  std::string name;
  // Where the others reach this member; 4 bytes for IPv4, always.
  Endpoint advertise;
  // For messages of old peers that carry no port.
  std::uint16_t bind_port = 7946;
  std::string meta;
  Versions versions;
  Sealing sealing;

  Duration tcp_timeout = std::chrono::seconds(10);
  std::size_t indirect_checks = 3;
  unsigned retransmit_multiplier = 4;
  unsigned suspicion_multiplier = 4;
  unsigned suspicion_max_multiplier = 6;
  Duration push_pull_interval = std::chrono::seconds(30);
  Duration probe_interval = std::chrono::seconds(1);
  Duration probe_timeout = std::chrono::milliseconds(500);
  bool tcp_pings = true;
  unsigned awareness_max_multiplier = 8;
  std::size_t gossip_nodes = 3;
  Duration gossip_interval = std::chrono::milliseconds(200);
  Duration gossip_to_the_dead = std::chrono::seconds(30);
  std::size_t packet_size = 1400;
  // After this a dead member's name may come back at another address; 0: only after it is reaped.
  Duration dead_node_reclaim = Duration::zero();

  // Against peers that are broken or hostile; memberlist has none of these.
  std::size_t max_members = 100'000;
  std::size_t max_relays = 1'024;
  std::size_t max_inbound_streams = 256;
  std::size_t max_inbound_push_pulls = 127;
  std::size_t max_inbound_bytes = 256u << 20;

  static Config lan() { return {}; }

  static Config wan();
  static Config local();
  // GoAkt's nodes: the LAN profile, with TLS over GoAkt's TCP transport, which has no datagrams.
  static Config goakt(bool tls);

  // What would make a bad member of a cluster.
  [[nodiscard]] Status validate() const;
};

}  // namespace goakt::gossip
