#include "goakt/admin/openapi.h"
#include "goakt/admin/routes.h"
#include "goakt/node/node.h"
#include "goakt/node/plugin.h"

#include <sys/utsname.h>

namespace goakt::admin {

namespace {

Reply index(const Request&) {
  Json versions = Json::array();
  versions.add("v1");
  Json links;
  links.set("openapi", "/v1/openapi.yaml").set("schemas", "/v1/schemas");
  links.set("health", "/readyz").set("metrics", "/metrics").set("version", "/v1/version");
  Json json;
  json.set("api", "goaktd").set("versions", std::move(versions)).set("impl", "cpp");
  json.set("version", GOAKT_VERSION).set("links", std::move(links));
  return answer(json);
}

Reply version(const Request&, node::Node& node) {
  Json json;
  json.set("kind", "Version").set("version", GOAKT_VERSION).set("buildId", library_build_id());
  json.set("impl", "cpp").set("goakt", "4.4.3").set("compiler", __VERSION__);
  utsname machine{};
  if (::uname(&machine) == 0)
    json.set("os", std::string(machine.sysname) + " " + machine.release)
        .set("machine", machine.machine);
  json.set("system", node.system().name()).set("node", node.id());
  json.set("uptimeSeconds", std::chrono::duration<double>(node.system().uptime()).count());
  json.set("actors", node.system().num_actors());
  return answer(json);
}

}  // namespace

void add_meta_routes(Router& router, node::Node& node) {
  router.add("GET", "/v1", Role::none, index);
  router.add("GET", "/v1/openapi.yaml", Role::none, [](const Request&) -> Reply {
    Response response;
    response.content_type = "application/yaml";
    response.body = openapi_text();
    return response;
  });
  router.add("GET", "/v1/schemas", Role::none, [](const Request&) -> Reply {
    Json items = Json::array();
    for (const auto& [kind, schema] : schemas()) {
      Json item;
      item.set("name", kind).set("href", "/v1/schemas/" + kind);
      items.add(std::move(item));
    }
    return answer(list_of(std::move(items)));
  });
  router.add("GET", "/v1/schemas/{kind}", Role::none, [](const Request& request) -> Reply {
    const auto it = schemas().find(request.param("kind"));
    if (it == schemas().end()) {
      return refuse(Problem::not_found,
                    "no schema \"" + std::string(request.param("kind")) + "\"; see /v1/schemas");
    }
    Response response;
    response.content_type = "application/schema+json";
    response.body = it->second + "\n";
    return response;
  });
  router.add("GET", "/v1/version", Role::viewer,
             [&node](const Request& request) { return version(request, node); });
}

}  // namespace goakt::admin
