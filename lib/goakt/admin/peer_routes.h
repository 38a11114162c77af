#pragma once

#include "goakt/admin/router.h"

namespace goakt::node {
class Node;
}

namespace goakt::admin {

class Traffic;

// The resources of `here` for requests about another node, answered by the public remoting calls.
// They all need the role operator, or whoever may only look could make this node connect anywhere.
void add_peer_routes(Router& router, const Router& here, node::Node& node, Traffic& traffic);

}  // namespace goakt::admin
