#include "goakt/admin/peer_actor.h"

#include "goakt/admin/actor_json.h"
#include "goakt/base/names.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace goakt::admin {

using remoting::Peer;
using remoting::RemoteState;

namespace {

std::string node_id(const Peer& peer) {
  const bool is_v6 = peer.host().find(':') != std::string::npos;
  return (is_v6 ? '[' + peer.host() + ']' : peer.host()) + ':' + std::to_string(peer.port());
}

// Of an actor that does not run, a suspended one for example, nodes tell its state alone: the rest
// is then as if there were no such actor.
template <class T>
Result<std::optional<T>> if_told(Result<T> fact) {
  if (fact) return std::optional<T>(*std::move(fact));
  if (fact.error().is(ErrorCode::address_not_found)) return std::optional<T>();
  return unexpected(std::move(fact).error());
}

Result<Json> head(const Peer& peer, const Address& actor, const char* document) {
  const std::string name = peer_name(actor);
  Json json;
  json.set("kind", document).set("name", actor.name()).set("address", actor.text());
  GOAKT_TRY(const auto kind, if_told(peer.kind(name)));
  if (kind) json.set("actorKind", *kind);
  json.set("node", node_id(peer));
  if (actor.has_parent()) json.set("parent", actor.parent_name());
  GOAKT_TRY(const std::string state, peer_state(peer, name));
  GOAKT_TRY(const bool relocatable, peer.is(name, RemoteState::relocatable));
  json.set("state", state).set("relocatable", relocatable);
  if (names::is_reserved(actor.name())) json.set("system", true);
  return json;
}

Json figures(const std::optional<ActorMetric>& told) {
  Json json;
  if (!told) return json;
  const ActorMetric& metric = *told;
  json.set("uptimeSeconds", std::chrono::duration<double>(metric.uptime).count());
  json.set("processed", metric.processed).set("failures", metric.failures);
  json.set("restarts", metric.restarts).set("children", metric.children);
  return json;
}

}  // namespace

std::string peer_name(const Address& actor) {
  return (actor.has_parent() ? std::string(actor.parent_name()) + '/' : std::string()) +
         std::string(actor.name());
}

Result<std::string> peer_state(const Peer& peer, std::string_view name) {
  GOAKT_TRY(const bool suspended, peer.is(name, RemoteState::suspended));
  if (suspended) return "suspended";
  GOAKT_TRY(const bool stopping, peer.is(name, RemoteState::stopping));
  if (stopping) return "stopping";
  GOAKT_TRY(const bool running, peer.is(name, RemoteState::running));
  return running ? "running" : "stopped";
}

Result<Json> peer_actor_summary(const Peer& peer, const Address& actor) {
  GOAKT_TRY(Json json, head(peer, actor, "ActorSummary"));
  GOAKT_TRY(const auto metric, if_told(peer.metric(peer_name(actor))));
  json.set("metrics", figures(metric));
  return json;
}

Result<Json> peer_actor_document(const Peer& peer, const Address& actor) {
  const std::string name = peer_name(actor);
  GOAKT_TRY(Json json, head(peer, actor, "Actor"));
  GOAKT_TRY(const bool singleton, peer.is(name, RemoteState::singleton));
  json.set("singleton", singleton);
  GOAKT_TRY(const auto role, if_told(peer.role(name)));
  if (role && !role->empty()) json.set("role", *role);
  GOAKT_TRY(const auto passivation, if_told(peer.passivation(name)));
  if (passivation) json.set("passivation", passivation_json(*passivation));
  GOAKT_TRY(const auto dependencies, if_told(peer.dependencies(name)));
  if (dependencies) {
    Json ids = Json::array();
    for (const auto& dependency : *dependencies) ids.add(dependency.id);
    json.set("dependencies", std::move(ids));
  }
  GOAKT_TRY(const auto metric, if_told(peer.metric(name)));
  Json metrics = figures(metric);
  if (metric) {
    metrics.set("reinstated", metric->reinstated).set("deadLetters", metric->dead_letters);
    metrics.set("stash", metric->stash_size);
    metrics.set("sinceLastMessageSeconds",
                std::chrono::duration<double>(metric->since_last_message).count());
  }
  json.set("metrics", std::move(metrics)).set("source", "live");
  return json;
}

Result<Json> peer_subtree(const Peer& peer, std::string_view name, std::int64_t depth,
                          PeerTreeShape& shape) {
  Json json;
  json.set("name", name.substr(name.rfind('/') + 1));
  if (!names::is_reserved(name)) {
    GOAKT_TRY(const auto kind, if_told(peer.kind(name)));
    GOAKT_TRY(const std::string state, peer_state(peer, name));
    if (kind) json.set("kind", *kind);
    json.set("state", state);
    GOAKT_TRY(const auto metric, if_told(peer.metric(name)));
    if (metric) {
      json.set("processed", metric->processed).set("restarts", metric->restarts);
      json.set("failures", metric->failures);
    }
  }
  GOAKT_TRY(auto told, if_told(peer.children(name)));
  if (!told) return json;
  std::vector<Address> children = *std::move(told);
  json.set("childCount", children.size());
  if (depth == 0 || shape.nodes_left <= 0) return json;
  std::sort(children.begin(), children.end(),
            [](const Address& a, const Address& b) { return a.name() < b.name(); });
  const std::size_t most = static_cast<std::size_t>(std::min(shape.max_children, shape.nodes_left));
  Json list = Json::array();
  std::size_t shown = 0;
  for (const Address& child : children) {
    if (shown == most) break;
    --shape.nodes_left;
    auto below = peer_subtree(peer, peer_name(child), depth - 1, shape);
    // One that has just stopped is no reason to show nothing of the rest.
    if (!below && !below.error().is(ErrorCode::address_not_found)) return below;
    if (below) list.add(*std::move(below));
    ++shown;
  }
  json.set("children", std::move(list));
  if (shown < children.size()) json.set("more", children.size() - shown);
  return json;
}

}  // namespace goakt::admin
