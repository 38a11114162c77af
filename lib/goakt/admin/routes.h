#pragma once

#include "goakt/admin/router.h"

#include <memory>

namespace goakt::node {
class Node;
}

// The resources of the admin API, one function and one file each. Handlers are thin: they read the
// request, call the node, and write the answer. What they are given must outlive the router.
namespace goakt::admin {

class Rates;
class Traffic;

// The effective configuration as a list of keys, secrets masked.
Json config_json(node::Node& node);
std::string metrics_text(node::Node& node, const Traffic& traffic, bool open_metrics);

void add_health_routes(Router& router, node::Node& node);
void add_metric_routes(Router& router, node::Node& node, const Traffic& traffic);
void add_meta_routes(Router& router, node::Node& node);
void add_node_routes(Router& router, node::Node& node, Traffic& traffic);
void add_actor_routes(Router& router, node::Node& node, std::shared_ptr<Rates> rates);
void add_message_routes(Router& router, node::Node& node, Traffic& traffic);
void add_tree_routes(Router& router, node::Node& node, std::shared_ptr<Rates> rates);
void add_top_routes(Router& router, node::Node& node, Traffic& traffic);
void add_kind_routes(Router& router, node::Node& node);
void add_schedule_routes(Router& router, node::Node& node);
void add_dead_letter_routes(Router& router, node::Node& node, Traffic& traffic);
void add_event_routes(Router& router, node::Node& node, Traffic& traffic);
void add_log_routes(Router& router, node::Node& node, Traffic& traffic);
void add_operation_routes(Router& router, node::Node& node, Traffic& traffic);
void add_trace_routes(Router& router, node::Node& node, Traffic& traffic);
void add_bench_routes(Router& router, node::Node& node);
void add_debug_routes(Router& router, node::Node& node, const Traffic& traffic);
void add_cluster_routes(Router& router, node::Node& node);
// What needs a cluster or a part that this node does not have: answered, so that a caller can tell
// a missing feature from a mistyped path.
void add_absent_routes(Router& router, const node::Node& node);
// Why a node that runs alone cannot do it.
Refusal not_clustered();

// All of the above.
void add_routes(Router& router, node::Node& node, Traffic& traffic);

}  // namespace goakt::admin
