#pragma once

#include "goakt/gossip/endpoint.h"
#include "goakt/net/endpoint.h"

#include <optional>
#include <string_view>

// The protocol's addresses are raw bytes of peers, the network's are addresses.
namespace goakt::gossip {

// None: the bytes are no address.
std::optional<net::Endpoint> to_net(const Endpoint& endpoint);
// IPv4 always as 4 bytes: the mapped form is another address for every peer.
Endpoint from_net(const net::Endpoint& endpoint);
// "10.0.0.4:7946", "[::1]:7946"; nowhere if it is something else.
Endpoint from_text(std::string_view text);

}  // namespace goakt::gossip
