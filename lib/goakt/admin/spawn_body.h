#pragma once

#include "goakt/admin/router.h"
#include "goakt/node/node.h"

namespace goakt::admin {

// The body of a spawn, on this node or on the one that the request is about. What only a cluster
// can do is refused.
tl::expected<node::SpawnRequest, Refusal> read_spawn(const Request& request, node::Node& node);

}  // namespace goakt::admin
