#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace goakt::gossip {

// Where a member is reached. The address is 4 or 16 raw bytes and compared as such: the mapped form
// of an IPv4 address is another address, for every peer.
struct Endpoint {
  std::string ip;
  std::uint16_t port = 0;

  auto operator<=>(const Endpoint&) const = default;
  bool operator==(const Endpoint&) const = default;
};

}  // namespace goakt::gossip
