#pragma once

#include "goakt/base/export.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace goakt::cluster {

// What a node tells the others about itself: GoAkt's JSON, inside the record of the map, inside the
// metadata of gossip. Fixed for the life of the process.
struct GOAKT_API NodeMeta {
  // Beyond GoAkt's six fields, which its readers pass over: this is a goaktd.
  struct Mark {
    std::uint16_t version = 1;
    std::uint16_t admin_port = 0;  // 0: none

    bool operator==(const Mark&) const = default;
  };

  std::string system;
  std::string host;  // an IP
  std::uint16_t discovery_port = 0;
  std::uint16_t peers_port = 0;
  std::uint16_t remoting_port = 0;
  std::vector<std::string> roles;  // sorted, each once

  std::optional<Mark> goaktd = {};

  // Byte for byte as GoAkt writes it.
  std::string to_json() const;
  // Unknown keys are passed over, what is missing stays empty. None when it is no JSON object.
  static std::optional<NodeMeta> parse(std::string_view json);

  // HOST:PORT with brackets around IPv6: the node's id, and its member's name.
  std::string peers_address() const;

  bool operator==(const NodeMeta&) const = default;
};

}  // namespace goakt::cluster
