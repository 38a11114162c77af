#include "goakt/admin/members.h"

#include "goakt/admin/actor_json.h"
#include "goakt/admin/query_values.h"
#include "goakt/admin/routes.h"
#include "goakt/node/node.h"
#include "goakt/node/remoting.h"

#include <array>
#include <string>
#include <utility>
#include <vector>

namespace goakt::admin {

namespace {

using gossip::State;

bool is_present(const cluster::MemberView& view) {
  return view.state == State::alive || view.state == State::suspect;
}

Json cluster_json(node::Node& node) {
  const cluster::Member& cluster = *node.cluster();
  std::array<std::size_t, 4> counts{};
  for (const auto& view : cluster.members()) ++counts[static_cast<std::size_t>(view.state)];
  Json members;
  for (const State state : {State::alive, State::suspect, State::dead, State::left})
    members.set(state_word(state), counts[static_cast<std::size_t>(state)]);
  const auto facts = cluster.facts();
  Json json;
  json.set("kind", "Cluster").set("system", node.system().name()).set("node", cluster.id());
  json.set("leader", cluster.leader()).set("members", std::move(members));
  json.set("quorum", cluster.quorum()).set("hasQuorum", cluster.has_quorum());
  json.set("healthScore", facts.health).set("newsQueued", facts.queued);
  return json;
}

// Other nodes may call a member by where its actors are reached.
std::string remoting_address(node::Node& node) {
  const auto* remoting = node.remoting();
  if (remoting == nullptr) return {};
  const std::string& host = remoting->host();
  return (host.find(':') == std::string::npos ? host : "[" + host + "]") + ":" +
         std::to_string(remoting->port());
}

}  // namespace

std::string_view state_word(State state) {
  switch (state) {
    case State::alive:
      return "active";
    case State::suspect:
      return "suspect";
    case State::dead:
      return "dead";
    case State::left:
      return "left";
  }
  return "unknown";
}

void add_membership(Json& json, const cluster::MemberView& view) {
  json.set("gossip", view.gossip.to_string()).set("incarnation", view.incarnation);
  json.set("since", time_text(view.since));
}

Json member_json(const cluster::MemberView& view) {
  Json json;
  json.set("kind", "Node").set("id", view.id).set("state", state_word(view.state));
  json.set("leader", view.leader);
  Json roles = Json::array();
  if (view.node) {
    const cluster::NodeMeta& meta = *view.node;
    for (const std::string& role : meta.roles) roles.add(role);
    json.set("host", meta.host).set("discoveryPort", meta.discovery_port);
    json.set("peersPort", meta.peers_port).set("remotingPort", meta.remoting_port);
    json.set("system", meta.system).set("impl", meta.goaktd ? "cpp" : "go");
    if (meta.goaktd && meta.goaktd->admin_port != 0) json.set("adminPort", meta.goaktd->admin_port);
    json.set("birthdate", time_text(view.birthdate));
  } else {
    json.set("host", view.gossip.ip()).set("discoveryPort", view.gossip.port());
    json.set("remotingPort", 0).set("impl", "unknown");
    json.set("problem", "its metadata cannot be read");
  }
  json.set("roles", std::move(roles));
  add_membership(json, view);
  return json;
}

std::optional<cluster::MemberView> find_member(node::Node& node, std::string_view text) {
  if (node.cluster() == nullptr || text.empty()) return std::nullopt;
  std::optional<cluster::MemberView> found;
  std::size_t begun = 0;
  for (auto& view : node.cluster()->members()) {
    if (view.id == text || (text == "leader" && view.leader)) return std::move(view);
    if (!is_present(view) || !view.id.starts_with(text)) continue;
    ++begun;
    found = std::move(view);
  }
  return begun == 1 ? std::move(found) : std::nullopt;
}

tl::expected<void, Refusal> must_be_this(std::string_view text, node::Node& node) {
  if (node.cluster() == nullptr) {
    if (means_this_node(text, node.id())) return {};
    return refuse(
        Refusal(Problem::node_not_found, "no node \"" + std::string(text) + "\" is known here")
            .with_hint("this node runs alone; its id is " + node.id()));
  }
  if (text == "self" || text == node.id() || text == remoting_address(node)) return {};
  const auto found = find_member(node, text);
  if (!found) {
    return refuse(Refusal(Problem::node_not_found,
                          "\"" + std::string(text) + "\" is no member, or the beginning of several")
                      .with_hint("goaktctl members"));
  }
  if (found->self) return {};
  return refuse(
      Refusal(Problem::peer_unsupported, "this node answers for itself only, not for " + found->id)
          .with_hint("name an endpoint of that node: goaktctl --endpoint"));
}

std::optional<Refusal> check_scope(const Request& request, node::Node& node) {
  const std::string_view wanted = request.query_value("node");
  if (!wanted.empty())
    if (auto self = must_be_this(wanted, node); !self) return std::move(self).error();
  const std::string_view consistency = request.query_value("consistency");
  if (consistency.empty() || consistency == "live") return std::nullopt;
  if (consistency == "registry")
    return Refusal(Problem::not_clustered, "this node has no registry");
  return Refusal(Problem::invalid_argument, "consistency must be live or registry");
}

void add_cluster_routes(Router& router, node::Node& node) {
  router.add("GET", "/v1/cluster", Role::viewer, [&node](const Request&) -> Reply {
    if (node.cluster() == nullptr) return refuse(not_clustered());
    return answer(cluster_json(node));
  });
}

}  // namespace goakt::admin
