#include "goakt/admin/routes.h"
#include "goakt/node/node.h"
#include "goakt/node/plugin.h"

namespace goakt::admin {

namespace {

Reply health(const Request& request, bool good, std::string_view why) {
  if (!good) return refuse(Problem::starting, std::string(why));
  if (request.has_query("verbose")) {
    Json json;
    json.set("status", "ok");
    return answer(json);
  }
  Response response;
  response.content_type = kTextType;
  response.body = "ok\n";
  return response;
}

}  // namespace

void add_node_routes(Router& router, node::Node& node) {
  const Handler ready = [&node](const Request& request) {
    return health(request, node.system().is_running(), "the actor system is not running");
  };
  router.add("GET", "/healthz", Role::none, ready);
  router.add("GET", "/readyz", Role::none, ready);
  router.add("GET", "/startupz", Role::none, ready);
  router.add("GET", "/livez", Role::none,
             [](const Request& request) { return health(request, true, ""); });
  router.add("GET", "/v1", Role::none, [](const Request&) -> Reply {
    Json versions = Json::array();
    versions.add("v1");
    Json json;
    json.set("api", "goaktd").set("versions", std::move(versions)).set("impl", "cpp");
    return answer(json);
  });
  router.add("GET", "/v1/version", Role::viewer, [&node](const Request&) -> Reply {
    Json json;
    json.set("version", GOAKT_VERSION).set("buildId", library_build_id()).set("impl", "cpp");
    json.set("system", node.system().name()).set("node", node.id());
    json.set("uptimeSeconds", std::chrono::duration<double>(node.system().uptime()).count());
    json.set("actors", node.system().num_actors());
    return answer(json);
  });
}

}  // namespace goakt::admin
