#include "goakt/actor/inspect.h"
#include "goakt/admin/actor_json.h"
#include "goakt/admin/query_values.h"
#include "goakt/admin/rates.h"
#include "goakt/admin/routes.h"
#include "goakt/node/node.h"

#include <algorithm>

namespace goakt::admin {

namespace {

struct Shape {
  std::int64_t max_children;
  Rates& rates;
};

Json node_json(const Pid& pid, std::string_view name, const Shape& shape) {
  Json json;
  json.set("name", name).set("kind", pid.is_system() ? std::string() : pid.kind());
  json.set("state", state_of(pid)).set("childCount", pid.children_count());
  json.set("mailbox", pid.mailbox_depth()).set("processed", pid.processed_count());
  json.set("restarts", pid.restart_count()).set("failures", pid.failure_count());
  if (!pid.is_system()) json.set("ratePerSecond", shape.rates.of(pid).per_second);
  if (pid.is_suspended())
    if (const auto facts = inspect(pid)) json.set("stateReason", facts->state_reason);
  return json;
}

// Beyond so many children of one parent, those shown are any of them, and not the first by name:
// putting a million in order for the twenty that are shown would cost every reader a second.
constexpr std::size_t kMostInOrder = 200'000;
// So many nodes make a document that a person or a tool can still hold.
constexpr std::int64_t kMostNodes = 100'000;

// `depth` levels below this one; 0: its children are only counted. `left`: nodes that may come.
Json subtree(const Pid& pid, std::string_view name, std::int64_t depth, const Shape& shape,
             std::int64_t& left) {
  Json json = node_json(pid, name, shape);
  if (depth == 0 || left <= 0) return json;
  std::size_t total = 0;
  std::vector<Pid> children = some_children(pid, kMostInOrder, total);
  const std::size_t shown = std::min({children.size(), static_cast<std::size_t>(shape.max_children),
                                      static_cast<std::size_t>(left)});
  left -= static_cast<std::int64_t>(shown);
  // Only those that are shown need an order.
  const auto middle = children.begin() + static_cast<std::ptrdiff_t>(shown);
  std::partial_sort(children.begin(), middle, children.end(),
                    [](const Pid& a, const Pid& b) { return a.name() < b.name(); });
  Json list = Json::array();
  for (std::size_t i = 0; i < shown; ++i)
    list.add(subtree(children[i], children[i].name(), depth - 1, shape, left));
  json.set("children", std::move(list));
  if (shown < total) json.set("more", total - shown);
  return json;
}

Reply tree(const Request& request, node::Node& node, Rates& rates) {
  const auto depth = query_number(request, "depth", 3, 0, 100);
  if (!depth) return refuse(depth.error());
  const auto most = query_number(request, "maxChildren", 20, 1, 10'000);
  if (!most) return refuse(most.error());
  const Shape shape{*most, rates};
  std::int64_t left = kMostNodes;
  const std::string_view root = request.query_value("root");

  Json json;
  json.set("kind", "Tree").set("system", node.system().name()).set("node", node.id());
  if (!root.empty()) {
    const auto pid = node.find(root);
    if (!pid) return refuse(pid.error());
    Json children = Json::array();
    children.add(subtree(*pid, pid->name(), *depth, shape, left));
    Json top;
    top.set("name", root).set("children", std::move(children));
    json.set("root", std::move(top));
    return answer(json);
  }
  ActorSystem& system = node.system();
  Json guardians = Json::array();
  guardians.add(subtree(system.system_guardian(), "system",
                        query_switch(request, "system") ? *depth : 0, shape, left));
  Json user = subtree(system.user_guardian(), "user", *depth, shape, left);
  user.set("actors", system.num_actors());
  guardians.add(std::move(user));
  Json top;
  top.set("name", "root").set("children", std::move(guardians));
  json.set("root", std::move(top));
  return answer(json);
}

}  // namespace

void add_tree_routes(Router& router, node::Node& node, std::shared_ptr<Rates> rates) {
  router.add("GET", "/v1/tree", Role::viewer,
             [&node, rates](const Request& request) { return tree(request, node, *rates); });
}

}  // namespace goakt::admin
