#include "goakt/actor/inspect.h"
#include "goakt/admin/query_values.h"
#include "goakt/admin/routes.h"
#include "goakt/cluster/member.h"
#include "goakt/node/node.h"

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace goakt::admin {

namespace {

struct Check {
  const char* name;
  bool good;
  Problem problem;  // when not good
  std::string detail;
};

// Since when each check has been as it is, as far as somebody looked.
class History {
 public:
  std::chrono::milliseconds since(const Check& check) {
    const auto now = std::chrono::steady_clock::now();
    std::lock_guard lock(mutex_);
    const auto [it, is_new] =
        seen_.try_emplace(check.name, Seen{check.good, check.good ? begin_ : now});
    if (it->second.good != check.good) it->second = {check.good, now};
    return std::chrono::duration_cast<std::chrono::milliseconds>(now - it->second.since);
  }

 private:
  struct Seen {
    bool good;
    std::chrono::steady_clock::time_point since;
  };

  const std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  std::mutex mutex_;  // guards seen_
  std::map<std::string, Seen> seen_;
};

// 200 "ok", or what goes with the first check that fails; all of them when `verbose`.
Reply health(const Request& request, const std::vector<Check>& checks, History& history) {
  const Check* failing = nullptr;
  Json list = Json::array();
  for (const Check& check : checks) {
    if (!check.good && failing == nullptr) failing = &check;
    Json json;
    json.set("name", check.name).set("ok", check.good);
    if (!check.detail.empty()) json.set("detail", check.detail);
    json.set("sinceMs", history.since(check).count());
    list.add(std::move(json));
  }
  if (query_switch(request, "verbose")) {
    Json json;
    json.set("status", failing ? "failing" : "ok").set("checks", std::move(list));
    return answer(json, failing ? http_status(failing->problem) : 200);
  }
  if (failing) return refuse(failing->problem, failing->detail);
  Response response;
  response.content_type = kTextType;
  response.body = "ok\n";
  return response;
}

// Once it has come up it has, also while it stops.
std::vector<Check> startup(const node::Node& node) {
  const bool started = node.has_started();
  return {{"started", started, Problem::starting, started ? "" : "the node is starting"}};
}

std::vector<Check> readiness(node::Node& node) {
  const bool running = node.system().is_running();
  const bool stops = node.has_started();
  std::vector<Check> checks = {{"actor-system", running,
                                stops ? Problem::stopping : Problem::starting,
                                running ? ""
                                : stops ? "the node is stopping"
                                        : "the node is starting"}};
  if (const auto* cluster = node.cluster()) {
    checks.push_back({"quorum", cluster->has_quorum(), Problem::no_quorum,
                      std::to_string(cluster->size()) + " of " + std::to_string(cluster->quorum()) +
                          " members"});
  }
  return checks;
}

// The runtime's own threads answer in time. A node that was told to stop is alive too.
std::vector<Check> liveness(node::Node& node) {
  const bool good = node.is_alive();
  if (!node.system().is_running()) {
    return {{"runtime", good, Problem::stopping,
             good ? "not running" : "the actor system has stopped by itself; the log says why"}};
  }
  const DispatcherFacts facts = inspect_dispatcher(node.system());
  return {{"runtime", good, Problem::node_timeout, good ? "" : "no answer within 2 s"},
          {"workers", true, Problem::node_timeout,
           std::to_string(facts.busy) + " of " + std::to_string(facts.workers) + " busy"}};
}

}  // namespace

void add_health_routes(Router& router, node::Node& node) {
  const auto history = std::make_shared<History>();
  const Handler ready = [&node, history](const Request& request) {
    return health(request, readiness(node), *history);
  };
  router.add("GET", "/healthz", Role::none, ready);
  router.add("GET", "/readyz", Role::none, ready);
  router.add("GET", "/startupz", Role::none, [&node, history](const Request& request) {
    return health(request, startup(node), *history);
  });
  router.add("GET", "/livez", Role::none, [&node, history](const Request& request) {
    return health(request, liveness(node), *history);
  });
}

}  // namespace goakt::admin
