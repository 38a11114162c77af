#pragma once

#include "goakt/admin/json.h"
#include "goakt/base/address.h"
#include "goakt/base/result.h"
#include "goakt/remoting/peer.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace goakt::admin {

// By what a node is asked about its actor: NAME, a child's PARENT/NAME.
std::string peer_name(const Address& actor);
// "running", "suspended", "stopping", "stopped".
[[nodiscard]] Result<std::string> peer_state(const remoting::Peer& peer, std::string_view name);

// The documents of actors on another node: what any GoAkt node tells of them. What it does not tell
// is absent.
[[nodiscard]] Result<Json> peer_actor_summary(const remoting::Peer& peer, const Address& actor);
[[nodiscard]] Result<Json> peer_actor_document(const remoting::Peer& peer, const Address& actor);

struct PeerTreeShape {
  std::int64_t max_children;
  std::int64_t nodes_left;  // so many may come
};

// An actor and `depth` levels below it; 0: its children are only counted.
[[nodiscard]] Result<Json> peer_subtree(const remoting::Peer& peer, std::string_view name,
                                        std::int64_t depth, PeerTreeShape& shape);

}  // namespace goakt::admin
