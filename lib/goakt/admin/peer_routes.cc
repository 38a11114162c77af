#include "goakt/admin/peer_routes.h"

#include "goakt/admin/cursor.h"
#include "goakt/admin/peer_actor.h"
#include "goakt/admin/query_values.h"
#include "goakt/admin/spawn_body.h"
#include "goakt/admin/tell_and_ask.h"
#include "goakt/base/errors.h"
#include "goakt/base/names.h"
#include "goakt/net/endpoint.h"
#include "goakt/node/node.h"
#include "goakt/node/remoting.h"
#include "goakt/remoting/client.h"
#include "goakt/remoting/peer.h"

#include <algorithm>
#include <charconv>
#include <utility>
#include <vector>

namespace goakt::admin {

using remoting::Peer;

namespace {

constexpr std::chrono::seconds kCallTimeout{5};
// A stop and a restart wait for the actor.
constexpr std::chrono::seconds kOrderTimeout{60};
// Each actor costs several calls.
constexpr std::int64_t kMostInTree = 2'000;
constexpr std::int64_t kLargestPage = 1'000;

Peer peer_of(const Request& request, node::Node& node, Duration timeout = kCallTimeout) {
  const auto colon = request.about.rfind(':');
  std::string host = request.about.substr(0, colon);
  if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
  std::uint16_t port = 0;
  std::from_chars(request.about.data() + colon + 1, request.about.data() + request.about.size(),
                  port);
  return {node.remoting()->client(), std::move(host), port, timeout};
}

// What a call's failure is to an operator.
tl::unexpected<Refusal> refuse_call(const Request& request, const Error& error) {
  const std::string where = " at " + request.about;
  if (error.is(ErrorCode::address_not_found)) {
    const std::string name(request.param("name"));
    return refuse(
        Refusal(Problem::actor_not_found,
                name.empty() ? "no such actor" + where : "no actor named \"" + name + "\"" + where)
            .with_hint("names are case sensitive: goaktctl tree --node " + request.about));
  }
  if (error.is(ErrorCode::request_timeout))
    return refuse(Problem::node_timeout, "no answer from " + request.about + " in time");
  for (const ErrorCode code : {ErrorCode::unreachable, ErrorCode::connection_lost,
                               ErrorCode::remote_send_failure, ErrorCode::invalid_response}) {
    if (!error.is(code)) continue;
    return refuse(Refusal(Problem::node_unreachable, request.about + ": " + error.message())
                      .with_hint("is it a remoting address, and are remoting.compression and tls "
                                 "there as they are here?"));
  }
  return refuse(error);
}

// The actor that the request names, where it is.
struct Found {
  Peer peer;
  Address address;
};

tl::expected<Found, Refusal> find_actor(const Request& request, node::Node& node) {
  Peer peer = peer_of(request, node);
  auto address = peer.find(request.param("name"));
  if (!address) return refuse_call(request, address.error());
  return Found{std::move(peer), *std::move(address)};
}

tl::expected<Found, Refusal> find_user_actor(const Request& request, node::Node& node) {
  const std::string_view name = request.param("name");
  if (names::is_reserved(name.substr(name.rfind('/') + 1)))
    return refuse(Problem::system_actor, std::string(name) + " belongs to the runtime");
  return find_actor(request, node);
}

Reply document_of(const Request& request, const Found& actor, int status = 200) {
  auto document = peer_actor_document(actor.peer, actor.address);
  if (!document) return refuse_call(request, document.error());
  return answer(*document, status);
}

Prepared ping(const Request& request, node::Node& node) {
  const auto count = ping_count(request);
  if (!count) return refuse(count.error());
  return Change{"node.ping", request.about, "would ping " + std::to_string(*count) + " times",
                [&request, &node, count = *count]() -> Reply {
                  const Peer peer = peer_of(request, node);
                  Json times = Json::array();
                  for (std::int64_t i = 0; i < count; ++i) {
                    const auto took = peer.ping();
                    if (!took) return refuse_call(request, took.error());
                    times.add_number(took->count());
                  }
                  Json json;
                  json.set("node", request.about).set("rttNanos", std::move(times));
                  return answer(json);
                }};
}

Reply get(const Request& request, node::Node& node) {
  const auto actor = find_actor(request, node);
  if (!actor) return refuse(actor.error());
  return document_of(request, *actor);
}

// Below the user guardian, parents before their children, by name: the order that a cursor counts.
Status walk(const Peer& peer, std::string_view above, std::size_t most,
            std::vector<Address>& actors) {
  auto children = peer.children(above);
  if (!children) {
    if (children.error().is(ErrorCode::address_not_found)) return {};
    return unexpected(std::move(children).error());
  }
  std::sort(children->begin(), children->end(),
            [](const Address& a, const Address& b) { return a.name() < b.name(); });
  for (const Address& child : *children) {
    if (actors.size() >= most) return {};
    actors.push_back(child);
    GOAKT_CHECK(walk(peer, peer_name(child), most, actors));
  }
  return {};
}

Reply list(const Request& request, node::Node& node) {
  for (const auto& [key, value] : request.query) {
    if (key != "state" && key != "role" && key != "filter" && key != "sort" && key != "system")
      continue;
    return refuse(Problem::peer_unsupported,
                  "lists of another node's actors know prefix, kind and parent, not " + key);
  }
  const auto limit = query_number(request, "limit", 100, 1, kLargestPage);
  if (!limit) return refuse(limit.error());
  const WallTime now = SystemClock::instance().wall();
  const std::string scope = "peer|" + request.about;
  auto cursor = Cursor::parse(request.query_value("page"), scope, now);
  if (!cursor) return refuse(cursor.error());
  const std::size_t begin = cursor->position;
  const std::size_t end = begin + static_cast<std::size_t>(*limit);
  const Peer peer = peer_of(request, node);
  const std::string_view parent = request.query_value("parent");
  std::vector<Address> actors;
  if (const Status walked =
          walk(peer, parent.empty() ? names::kUserGuardian : parent, end + 1, actors);
      !walked)
    return refuse_call(request, walked.error());
  Json items = Json::array();
  for (std::size_t i = begin; i < std::min(end, actors.size()); ++i) {
    if (!actors[i].name().starts_with(request.query_value("prefix"))) continue;
    if (!parent.empty() && actors[i].parent_name() != parent) continue;
    auto summary = peer_actor_summary(peer, actors[i]);
    if (!summary && summary.error().is(ErrorCode::address_not_found)) continue;  // has just ended
    if (!summary) return refuse_call(request, summary.error());
    const std::string_view kind = request.query_value("kind");
    if (kind.empty() || summary->peek("actorKind") == kind) items.add(*std::move(summary));
  }
  std::string next;
  if (actors.size() > end) {
    cursor->position = end;
    next = cursor->to_text(scope, now);
  }
  return answer(list_of(std::move(items), std::move(next)));
}

Reply tree(const Request& request, node::Node& node) {
  const auto depth = query_number(request, "depth", 3, 0, 100);
  if (!depth) return refuse(depth.error());
  const auto most = query_number(request, "maxChildren", 20, 1, 10'000);
  if (!most) return refuse(most.error());
  const Peer peer = peer_of(request, node);
  PeerTreeShape shape{*most, kMostInTree};
  const std::string root(request.query_value("root"));
  const auto user = peer.find(root.empty() ? names::kUserGuardian : std::string_view(root));
  if (!user) return refuse_call(request, user.error());
  Json children = Json::array();
  if (root.empty()) {
    const std::int64_t below = query_switch(request, "system") ? *depth : 0;
    auto system = peer_subtree(peer, names::kSystemGuardian, below, shape);
    if (!system) return refuse_call(request, system.error());
    system->set("name", "system");
    children.add(*std::move(system));
  }
  auto tree = peer_subtree(peer, peer_name(*user), *depth, shape);
  if (!tree) return refuse_call(request, tree.error());
  if (root.empty()) tree->set("name", "user");
  children.add(*std::move(tree));
  Json top;
  top.set("name", root.empty() ? std::string("root") : root).set("children", std::move(children));
  Json json;
  json.set("kind", "Tree").set("system", user->system()).set("node", request.about);
  json.set("root", std::move(top));
  return answer(json);
}

remoting::RemoteSpawn to_remote(const node::SpawnRequest& spawn) {
  remoting::RemoteSpawn remote{.name = spawn.name, .kind = spawn.kind, .parent = spawn.parent};
  remote.options.passivation = spawn.passivation;
  remote.options.init_timeout = spawn.init_timeout;
  remote.options.relocatable = spawn.relocatable.value_or(true);
  remote.options.stashing = spawn.stashing.value_or(false);
  remote.options.supervisor = spawn.supervisor;
  remote.options.role = spawn.role;
  remote.options.dependencies = spawn.dependencies;
  return remote;
}

// Nodes answer the spawn of a name that is there with that actor; operators want to know.
tl::expected<bool, Refusal> is_there(const Request& request, const Peer& peer,
                                     const node::SpawnRequest& spawn, const std::string& full) {
  const auto there = peer.find(full);
  if (!there && there.error().is(ErrorCode::address_not_found)) return false;
  if (!there) return refuse_call(request, there.error());
  const auto kind = peer.kind(full);
  if (spawn.if_absent && kind && *kind == spawn.kind) return true;
  return refuse(Problem::already_exists,
                "the actor " + full + " is there" + (kind ? ", of kind " + *kind : ""));
}

Prepared spawn(const Request& request, node::Node& node) {
  auto spawn = read_spawn(request, node);
  if (!spawn) return refuse(std::move(spawn).error());
  if (const Status named = names::check_user_actor(spawn->name); !named)
    return refuse(named.error());
  const Peer peer = peer_of(request, node);
  const std::string full = spawn->parent.empty() ? spawn->name : spawn->parent + "/" + spawn->name;
  const auto there = is_there(request, peer, *spawn, full);
  if (!there) return refuse(there.error());
  const std::string what = full + " of kind " + spawn->kind + " at " + request.about;
  return Change{"actor.spawn", spawn->name,
                *there ? "would do nothing: " + full + " is there" : "would start " + what,
                [&request, &node, spawn = *std::move(spawn), there = *there, full]() -> Reply {
                  const Peer starter = peer_of(request, node, kOrderTimeout);
                  auto made = there ? starter.find(full) : starter.spawn(to_remote(spawn));
                  if (!made) return refuse_call(request, made.error());
                  Reply reply = document_of(request, {starter, *made}, 201);
                  if (reply) {
                    const std::string parent =
                        spawn.parent.empty() ? std::string() : spawn.parent + "%2F";
                    reply->set_header(
                        "Location", "/v1/actors/" + parent + spawn.name + "?node=" + request.about);
                  }
                  return reply;
                }};
}

Prepared stop(const Request& request, node::Node& node) {
  const std::string name(request.param("name"));
  const auto actor = find_user_actor(request, node);
  if (!actor && query_switch(request, "ifExists") &&
      actor.error().problem() == Problem::actor_not_found)
    return Change{"actor.stop", name, "would do nothing: " + name + " is not there", no_content};
  if (!actor) return refuse(actor.error());
  return Change{"actor.stop", name, "would stop " + name + " at " + request.about,
                [&request, &node, name]() -> Reply {
                  const Status stopped = peer_of(request, node, kOrderTimeout).stop(name);
                  if (!stopped) return refuse_call(request, stopped.error());
                  return no_content();
                }};
}

// For what is done to an actor that is there.
using Act = Status (Peer::*)(std::string_view) const;

Preparer on_actor(node::Node& node, const char* verb, Act act) {
  return [&node, verb, act](const Request& request) -> Prepared {
    auto actor = find_user_actor(request, node);
    if (!actor) return refuse(actor.error());
    const std::string name(request.param("name"));
    return Change{std::string("actor.") + verb, name,
                  std::string("would ") + verb + " " + name + " at " + request.about,
                  [&request, &node, actor = *std::move(actor), name, act]() -> Reply {
                    const Peer peer = peer_of(request, node, kOrderTimeout);
                    if (const Status done = (peer.*act)(name); !done)
                      return refuse_call(request, done.error());
                    return document_of(request, actor);
                  }};
  };
}

// A handle to the actor, and how to find out its kind.
struct Handle {
  Pid pid;
  KindOf kind;
};

tl::expected<Handle, Refusal> handle_of(const Request& request, node::Node& node) {
  const auto actor = find_actor(request, node);
  if (!actor) return refuse(actor.error());
  const auto pid = node.remoting()->client().pid_of(actor->address);
  if (!pid) return refuse(pid.error());
  return Handle{*pid, [peer = actor->peer, name = peer_name(actor->address), &node] {
                  const auto kind = peer.kind(name);
                  return kind ? node.kinds().find(*kind) : nullptr;
                }};
}

Refusal unsupported(const Request& request) {
  return Refusal(Problem::peer_unsupported,
                 request.about + " is known by its remoting alone, which does not tell this")
      .with_hint("ask that node's own endpoint, where it has one");
}

}  // namespace

void add_peer_routes(Router& router, const Router& here, node::Node& node, Traffic& traffic) {
  const auto with = [&node](Reply (*handler)(const Request&, node::Node&)) -> Handler {
    return [&node, handler](const Request& request) { return handler(request, node); };
  };
  const auto prepared = [&node](Prepared (*prepare)(const Request&, node::Node&)) -> Preparer {
    return [&node, prepare](const Request& request) { return prepare(request, node); };
  };
  router.change("POST", "/v1/nodes/{node}/ping", Role::operate, prepared(ping));
  router.add("GET", "/v1/actors", Role::operate, with(list));
  router.change("POST", "/v1/actors", Role::operate, prepared(spawn));
  router.add("GET", "/v1/actors/{name}", Role::operate, with(get));
  router.change("DELETE", "/v1/actors/{name}", Role::operate, prepared(stop));
  router.change("POST", "/v1/actors/{name}/restart", Role::operate,
                on_actor(node, "restart", &Peer::restart));
  router.change("POST", "/v1/actors/{name}/reinstate", Role::operate,
                on_actor(node, "reinstate", &Peer::reinstate));
  router.add("GET", "/v1/tree", Role::operate, with(tree));
  router.change(
      "POST", "/v1/actors/{name}/messages", Role::operate,
      [&node](const Request& request) -> Prepared {
        const auto to = handle_of(request, node);
        if (!to) return refuse(to.error());
        return tell_actor(request, to->pid, to->kind, node);
      },
      Router::kMessageBody);
  router.change(
      "POST", "/v1/actors/{name}/ask", Role::operate,
      [&node, &traffic](const Request& request) -> Prepared {
        const auto to = handle_of(request, node);
        if (!to) return refuse(to.error());
        return ask_actor(request, to->pid, to->kind, node, traffic);
      },
      Router::kMessageBody);

  const auto served = router.list();
  for (const Router::Entry& entry : here.list()) {
    const bool is_served = std::any_of(served.begin(), served.end(), [&](const auto& mine) {
      return mine.method == entry.method && mine.path == entry.path;
    });
    if (is_served) continue;
    const Role role = std::max(entry.role, Role::operate);
    if (entry.plans)
      router.change(entry.method, entry.path, role, [](const Request& request) -> Prepared {
        return refuse(unsupported(request));
      });
    else
      router.add(entry.method, entry.path, role,
                 [](const Request& request) -> Reply { return refuse(unsupported(request)); });
  }
}

}  // namespace goakt::admin
