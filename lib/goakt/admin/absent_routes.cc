#include "goakt/admin/rates.h"
#include "goakt/admin/routes.h"
#include "goakt/node/node.h"

#include <functional>
#include <string_view>

namespace goakt::admin {

namespace {

struct Absent {
  const char* method;
  const char* path;
  Role role;
};

constexpr Absent kClusterOnly[] = {
    {"GET", "/v1/cluster/check", Role::viewer},
    {"POST", "/v1/nodes/{node}/cordon", Role::operate},
    {"POST", "/v1/nodes/{node}/uncordon", Role::operate},
    {"POST", "/v1/nodes/{node}/drain", Role::operate},
    {"POST", "/v1/nodes/{node}/leave", Role::admin},
    {"GET", "/v1/partitions", Role::viewer},
    {"GET", "/v1/partitions/lookup", Role::viewer},
    {"GET", "/v1/partitions/{id}", Role::viewer},
    {"POST", "/v1/actors/{name}/move", Role::operate},
    {"GET", "/v1/placement", Role::viewer},
    {"PUT", "/v1/placement/{kind}", Role::operate},
    {"DELETE", "/v1/placement/{kind}", Role::operate},
    {"POST", "/v1/placement/rebalance", Role::operate},
    {"POST", "/v1/placement/move", Role::operate},
    {"PUT", "/v1/placement/pins/{actor}", Role::operate},
    {"DELETE", "/v1/placement/pins/{actor}", Role::operate},
    {"GET", "/v1/dcs", Role::viewer},
    {"GET", "/v1/dcs/{id}", Role::viewer},
    {"POST", "/v1/dcs/{id}/drain", Role::admin},
    {"POST", "/v1/dcs/{id}/activate", Role::admin},
};

constexpr Absent kNotBuilt[] = {
    {"GET", "/v1/grains", Role::viewer},
    {"GET", "/v1/grains/{kind}/{name}", Role::viewer},
    {"POST", "/v1/grains/{kind}/{name}/activate", Role::operate},
    {"POST", "/v1/grains/{kind}/{name}/deactivate", Role::operate},
    {"POST", "/v1/grains/{kind}/{name}/messages", Role::operate},
    {"POST", "/v1/grains/{kind}/{name}/ask", Role::operate},
    {"GET", "/v1/topics", Role::viewer},
    {"GET", "/v1/topics/{topic}", Role::viewer},
    {"POST", "/v1/topics/{topic}/messages", Role::operate},
    {"GET", "/v1/topics/{topic}/stream", Role::viewer},
};

}  // namespace

Refusal not_clustered() {
  return Refusal(Problem::not_clustered, "this node runs alone")
      .with_hint("cluster.enabled makes it a member of a cluster");
}

void add_absent_routes(Router& router, const node::Node& node) {
  const auto refuse_all = [&router](const Absent& route, const std::function<Refusal()>& why) {
    if (std::string_view(route.method) == "GET")
      router.add(route.method, route.path, route.role,
                 [why](const Request&) -> Reply { return refuse(why()); });
    else
      router.change(route.method, route.path, route.role,
                    [why](const Request&) -> Prepared { return refuse(why()); });
  };
  for (const Absent& route : kClusterOnly)
    refuse_all(route, [&node] {
      if (node.cluster() == nullptr) return not_clustered();
      return Refusal(Problem::feature_disabled, "this version's clusters have only members")
          .with_hint("goaktctl members, goaktctl status");
    });
  for (const Absent& route : kNotBuilt)
    refuse_all(route, [] {
      return Refusal(Problem::feature_disabled, "this node has no grains and no topics");
    });
}

void add_routes(Router& router, node::Node& node, Traffic& traffic) {
  const auto rates = std::make_shared<Rates>();
  add_health_routes(router, node);
  add_metric_routes(router, node, traffic);
  add_meta_routes(router, node);
  add_node_routes(router, node, traffic);
  add_actor_routes(router, node, rates);
  add_message_routes(router, node, traffic);
  add_tree_routes(router, node, rates);
  add_top_routes(router, node, traffic);
  add_kind_routes(router, node);
  add_schedule_routes(router, node);
  add_dead_letter_routes(router, node, traffic);
  add_event_routes(router, node, traffic);
  add_log_routes(router, node, traffic);
  add_operation_routes(router, node, traffic);
  add_trace_routes(router, node, traffic);
  add_bench_routes(router, node);
  add_debug_routes(router, node, traffic);
  add_cluster_routes(router, node);
  add_absent_routes(router, node);
}

}  // namespace goakt::admin
