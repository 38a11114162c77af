#include "goakt/gossip/config.h"

namespace goakt::gossip {

using namespace std::chrono_literals;

Config Config::wan() {
  Config config;
  config.tcp_timeout = 30s;
  config.suspicion_multiplier = 6;
  config.push_pull_interval = 60s;
  config.probe_interval = 5s;
  config.probe_timeout = 3s;
  config.gossip_nodes = 4;
  config.gossip_interval = 500ms;
  config.gossip_to_the_dead = 60s;
  return config;
}

Config Config::local() {
  Config config;
  config.tcp_timeout = 1s;
  config.indirect_checks = 1;
  config.retransmit_multiplier = 2;
  config.suspicion_multiplier = 3;
  config.push_pull_interval = 15s;
  config.probe_timeout = 200ms;
  config.gossip_interval = 100ms;
  config.gossip_to_the_dead = 15s;
  return config;
}

Config Config::goakt(bool tls) {
  Config config;
  if (tls) {
    config.probe_interval = 5s;
    config.probe_timeout = 2s;
    config.tcp_pings = false;
    config.packet_size = 10u << 20;
  }
  return config;
}

Status Config::validate() const {
  const auto bad = [](std::string text) {
    return fail(ErrorCode::invalid_argument, std::move(text));
  };
  if (name.empty()) return bad("a member needs a name");
  if (name.size() > kMaxName) return bad("a member's name has at most 1024 bytes");
  if (meta.size() > kMaxMeta)
    return bad("node metadata has " + std::to_string(meta.size()) + " bytes, at most 512 fit");
  if (advertise.ip.size() != 4 && advertise.ip.size() != 16)
    return bad("the advertised address must have 4 or 16 bytes");
  if (sealing.label.size() > 255) return bad("a label has at most 255 bytes");
  if (probe_interval <= Duration::zero() || gossip_interval <= Duration::zero() ||
      push_pull_interval <= Duration::zero() || probe_timeout <= Duration::zero())
    return bad("intervals must be positive");
  if (packet_size < 512) return bad("a packet must hold 512 bytes");
  return {};
}

}  // namespace goakt::gossip
