#include "goakt/admin/query_values.h"
#include "goakt/admin/routes.h"
#include "goakt/node/message_types.h"
#include "goakt/node/node.h"

namespace goakt::admin {

namespace {

Json kind_json(const Kind& kind, const std::string& node_id) {
  Json accepts = Json::array();
  for (const MessageType* type : kind.accepts) accepts.add(type->name);
  Json nodes = Json::array();
  nodes.add(node_id);
  Json json;
  json.set("kind", "Kind").set("name", kind.name).set("type", "actor").set("from", kind.from);
  json.set("accepts", std::move(accepts)).set("nodes", std::move(nodes));
  return json;
}

}  // namespace

void add_kind_routes(Router& router, node::Node& node) {
  router.add("GET", "/v1/kinds", Role::viewer, [&node](const Request&) -> Reply {
    Json items = Json::array();
    for (const Kind* kind : node.kinds().all()) items.add(kind_json(*kind, node.id()));
    return answer(list_of(std::move(items)));
  });
  router.add("GET", "/v1/kinds/{kind}", Role::viewer, [&node](const Request& request) -> Reply {
    const Kind* kind = node.kinds().find(request.param("kind"));
    if (kind != nullptr) return answer(kind_json(*kind, node.id()));
    return refuse(Problem::kind_not_found,
                  "no kind \"" + std::string(request.param("kind")) + "\" is registered here");
  });
  router.add("GET", "/v1/types", Role::viewer, [&node](const Request& request) -> Reply {
    const auto limit = query_number(request, "limit", 1'000, 1, 10'000);
    if (!limit) return refuse(limit.error());
    const auto names = node.types()->names(request.query_value("prefix"));
    Json items = Json::array();
    for (const node::MessageTypeName& type : names) {
      if (items.size() == static_cast<std::size_t>(*limit)) break;
      Json item;
      item.set("name", type.name);
      if (!type.from.empty()) item.set("from", type.from);
      items.add(std::move(item));
    }
    return answer(list_of(std::move(items)));
  });
  router.add("GET", "/v1/types/{name}", Role::viewer, [&node](const Request& request) -> Reply {
    const auto type = node.types()->describe(request.param("name"));
    if (!type) {
      return refuse(Refusal(Problem::type_not_found, "no message type \"" +
                                                         std::string(request.param("name")) +
                                                         "\" is known to this node")
                        .with_hint("goaktctl type list"));
    }
    Json fields = Json::array();
    for (const auto& field : type->fields) {
      Json entry;
      entry.set("name", field.name).set("type", field.type).set("repeated", field.repeated);
      fields.add(std::move(entry));
    }
    Json json;
    json.set("kind", "Type").set("name", type->name);
    if (!type->from.empty()) json.set("from", type->from);
    json.set("fields", std::move(fields));
    json.set_raw("skeleton", type->skeleton);
    return answer(json);
  });
}

}  // namespace goakt::admin
