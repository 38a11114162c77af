#pragma once

#include "goakt/admin/router.h"

namespace goakt::node {
class Node;
}

// The resources of the admin API, one function and one file each. Handlers are thin: they read the
// request, call the node, and write the answer. The node must outlive the router.
namespace goakt::admin {

void add_actor_routes(Router& router, node::Node& node);
void add_message_routes(Router& router, node::Node& node);
void add_tree_routes(Router& router, node::Node& node);
void add_kind_routes(Router& router, node::Node& node);
void add_event_routes(Router& router, node::Node& node);
void add_node_routes(Router& router, node::Node& node);

}  // namespace goakt::admin
