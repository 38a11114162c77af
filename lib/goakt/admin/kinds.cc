#include "goakt/admin/routes.h"
#include "goakt/node/node.h"

namespace goakt::admin {

namespace {

Json kind_json(const Kind& kind, const std::string& node_id) {
  Json accepts = Json::array();
  for (const MessageType* type : kind.accepts) accepts.add(type->name);
  Json nodes = Json::array();
  nodes.add(node_id);
  Json json;
  json.set("name", kind.name).set("type", "actor").set("from", kind.from);
  json.set("accepts", std::move(accepts)).set("nodes", std::move(nodes));
  return json;
}

}  // namespace

void add_kind_routes(Router& router, node::Node& node) {
  router.add("GET", "/v1/kinds", Role::viewer, [&node](const Request&) -> Reply {
    Json items = Json::array();
    for (const Kind* kind : node.kinds().all()) items.add(kind_json(*kind, node.id()));
    Json json;
    json.set("items", std::move(items));
    return answer(json);
  });
  router.add("GET", "/v1/kinds/{kind}", Role::viewer, [&node](const Request& request) -> Reply {
    const Kind* kind = node.kinds().find(request.param("kind"));
    if (kind != nullptr) return answer(kind_json(*kind, node.id()));
    return refuse(Problem::kind_not_found,
                  "no kind \"" + std::string(request.param("kind")) + "\" is registered here");
  });
}

}  // namespace goakt::admin
