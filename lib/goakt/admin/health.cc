#include "goakt/actor/inspect.h"
#include "goakt/admin/query_values.h"
#include "goakt/admin/routes.h"
#include "goakt/node/node.h"

#include <vector>

namespace goakt::admin {

namespace {

struct Check {
  const char* name;
  bool good;
  std::string detail;
};

// 200 "ok", or 503 with the first check that fails; all of them when `verbose`.
Reply health(const Request& request, const std::vector<Check>& checks) {
  const Check* failing = nullptr;
  for (const Check& check : checks)
    if (!check.good && failing == nullptr) failing = &check;
  if (query_switch(request, "verbose")) {
    Json list = Json::array();
    for (const Check& check : checks) {
      Json json;
      json.set("name", check.name).set("ok", check.good);
      if (!check.detail.empty()) json.set("detail", check.detail);
      list.add(std::move(json));
    }
    Json json;
    json.set("status", failing ? "failing" : "ok").set("checks", std::move(list));
    return answer(json, failing ? 503 : 200);
  }
  if (failing) return refuse(Problem::starting, failing->detail);
  Response response;
  response.content_type = kTextType;
  response.body = "ok\n";
  return response;
}

std::vector<Check> readiness(node::Node& node) {
  const bool running = node.system().is_running();
  return {{"actor-system", running, running ? "" : "the actor system is not running"}};
}

// The runtime's own threads answer in time. A node that is stopping is alive too.
std::vector<Check> liveness(node::Node& node) {
  if (!node.system().is_running()) return {{"runtime", true, "not running"}};
  const bool good = node.is_alive();
  const DispatcherFacts facts = inspect_dispatcher(node.system());
  return {{"runtime", good, good ? "" : "no answer within 2 s"},
          {"workers", true,
           std::to_string(facts.busy) + " of " + std::to_string(facts.workers) + " busy"}};
}

}  // namespace

void add_health_routes(Router& router, node::Node& node) {
  const Handler ready = [&node](const Request& request) {
    return health(request, readiness(node));
  };
  router.add("GET", "/healthz", Role::none, ready);
  router.add("GET", "/readyz", Role::none, ready);
  router.add("GET", "/startupz", Role::none, ready);
  router.add("GET", "/livez", Role::none,
             [&node](const Request& request) { return health(request, liveness(node)); });
}

}  // namespace goakt::admin
