#include "goakt/actor/inspect.h"
#include "goakt/admin/actor_json.h"
#include "goakt/admin/members.h"
#include "goakt/admin/query_values.h"
#include "goakt/admin/routes.h"
#include "goakt/admin/traffic.h"
#include "goakt/node/node.h"

#include <algorithm>
#include <charconv>

namespace goakt::admin {

namespace {

std::string entity_tag(node::Node& node) {
  return "\"" + std::to_string(node.attributes().version) + "\"";
}

// What gossip says of this node itself.
std::optional<cluster::MemberView> own_view(node::Node& node) {
  return node.cluster() == nullptr ? std::nullopt : find_member(node, node.id());
}

Json node_json(node::Node& node, const std::optional<cluster::MemberView>& view) {
  Json json;
  if (view) {
    json = member_json(*view);
  } else {
    const std::string id = node.id();
    const auto colon = id.rfind(':');
    std::int64_t port = 0;
    if (colon != std::string::npos)
      std::from_chars(id.data() + colon + 1, id.data() + id.size(), port);
    json.set("kind", "Node").set("id", id).set("host", id.substr(0, colon));
    json.set("remotingPort", port).set("roles", Json::array());
    json.set("leader", node.cluster() == nullptr || node.cluster()->is_leader());
    json.set("impl", "cpp").set("birthdate", time_text(node.birthdate()));
  }
  json.set("state", node.system().is_running() ? "active" : "stopping");
  json.set("version", GOAKT_VERSION).set("system", node.system().name());
  json.set("uptimeSeconds", std::chrono::duration<double>(node.system().uptime()).count());
  json.set("actors", node.system().num_actors()).set("weight", node.attributes().weight);
  json.set("logLevel", to_string(node.log_level().level()));
  const DispatcherFacts dispatcher = inspect_dispatcher(node.system());
  if (dispatcher.workers > 0)
    json.set("load",
             static_cast<double>(dispatcher.busy) / static_cast<double>(dispatcher.workers));
  return json;
}

Response node_answer(node::Node& node) {
  Response response = answer(node_json(node, own_view(node)));
  response.set_header("ETag", entity_tag(node));
  return response;
}

struct NodeFilter {
  std::string_view state, impl, role;

  // Those that are gone are shown only to who asks for them.
  bool takes(std::string_view its_state, std::string_view its_impl,
             const std::vector<std::string>& its_roles) const {
    const bool gone = its_state == "dead" || its_state == "left";
    return (state.empty() ? !gone : state == its_state) && (impl.empty() || impl == its_impl) &&
           (role.empty() || std::find(its_roles.begin(), its_roles.end(), role) != its_roles.end());
  }
};

Reply list(const Request& request, node::Node& node) {
  const NodeFilter filter{request.query_value("state"), request.query_value("impl"),
                          request.query_value("role")};
  const std::string_view own_state = node.system().is_running() ? "active" : "stopping";
  Json items = Json::array();
  if (node.cluster() == nullptr) {
    if (filter.takes(own_state, "cpp", {})) items.add(node_json(node, {}));
    return answer(list_of(std::move(items)));
  }
  for (const auto& view : node.cluster()->members()) {
    const auto roles = view.node ? view.node->roles : std::vector<std::string>();
    const std::string_view impl = !view.node ? "unknown" : view.node->goaktd ? "cpp" : "go";
    if (!filter.takes(view.self ? own_state : state_word(view.state), impl, roles)) continue;
    items.add(view.self ? node_json(node, view) : member_json(view));
  }
  return answer(list_of(std::move(items)));
}

Reply get(const Request& request, node::Node& node) {
  const std::string_view wanted = request.param("node");
  if (wanted != "self")
    if (const auto other = find_member(node, wanted); other && !other->self)
      return answer(member_json(*other));
  if (const auto self = must_be_this(wanted, node); !self) return refuse(self.error());
  return node_answer(node);
}

// merge-patch: what is not named stays.
Prepared patch(const Request& request, node::Node& node) {
  const std::string_view expected = request.header("if-match");
  if (!expected.empty() && expected != "*" && expected != entity_tag(node)) {
    return refuse(Problem::version_mismatch,
                  "the node has changed; its version is " + entity_tag(node));
  }
  const auto body = Json::parse(request.body);
  if (!body) return refuse(body.error());
  Fields fields(*body);
  const auto weight = fields.integer("weight", 0, 1000);
  const auto word = fields.text("logLevel");
  const auto time = fields.integer("logLevelForMs", 1, 1000LL * 3600 * 24 * 30);
  const auto level = word ? parse_log_level(*word) : std::nullopt;
  if (word && (!level || *level == LogLevel::invalid))
    fields.complain("logLevel", "must be one of debug, info, warn, error, fatal, panic");
  if (time && !word) fields.complain("logLevelForMs", "needs a logLevel");
  if (auto errors = fields.finish(); !errors.empty())
    return refuse(Refusal::invalid(std::move(errors)));
  std::string changes;
  if (weight) changes = "weight " + std::to_string(*weight);
  if (level) changes += (weight ? ", log level " : "log level ") + std::string(to_string(*level));
  return Change{"node.change", node.id(),
                changes.empty() ? "would change nothing" : "would set " + changes,
                [weight, level, time, &node]() -> Reply {
                  if (weight) node.set_weight(static_cast<int>(*weight));
                  if (level) {
                    std::optional<std::chrono::milliseconds> duration;
                    if (time) duration = std::chrono::milliseconds(*time);
                    node.log_level().set(*level, duration);
                    node.attributes_changed();
                  }
                  return node_answer(node);
                }};
}

// The way to the node and back; alone, that is the way to its runtime's threads.
Prepared ping(const Request& request, node::Node& node) {
  const auto count = ping_count(request);
  if (!count) return refuse(count.error());
  return Change{"node.ping", node.id(), "would ping " + std::to_string(*count) + " times",
                [count = *count, &node]() -> Reply {
                  Json times = Json::array();
                  for (std::int64_t i = 0; i < count; ++i) {
                    const auto took = goakt::ping(node.system(), std::chrono::seconds(2));
                    if (!took)
                      return refuse(Problem::node_timeout, "no answer: " + took.error().message());
                    times.add_number(took->count());
                  }
                  Json json;
                  json.set("node", node.id()).set("rttNanos", std::move(times));
                  return answer(json);
                }};
}

bool is_secret(std::string_view key) {
  for (const std::string_view word : {"password", "token", "secret"})
    if (key.find(word) != std::string_view::npos && !key.ends_with("-file")) return true;
  return false;
}

std::string_view origin_text(config::Origin origin) {
  switch (origin) {
    case config::Origin::environment:
      return "environment";
    case config::Origin::flag:
      return "flag";
    default:
      return origin == config::Origin::default_value ? "default" : "file";
  }
}

Reply config_of(const Request&, node::Node& node) {
  return answer(config_json(node));
}

Json report_json(const node::ReloadReport& report) {
  const auto texts = [](const std::vector<std::string>& keys) {
    Json list = Json::array();
    for (const std::string& key : keys) list.add(key);
    return list;
  };
  Json json;
  json.set("changed", texts(report.changed)).set("needsRestart", texts(report.needs_restart));
  return json;
}

Reply take_over(node::Node& node) {
  const auto report = node.reload();
  if (!report) return refuse(Problem::invalid_config, report.error().message());
  return answer(report_json(*report));
}

std::string joined(const std::vector<std::string>& keys) {
  std::string all;
  for (const std::string& key : keys) all.append(all.empty() ? "" : ", ").append(key);
  return all;
}

// "would change log.level; needs a restart: system.name"
std::string plan_text(const node::ReloadReport& report) {
  std::string text =
      report.changed.empty() ? "would change nothing" : "would change " + joined(report.changed);
  if (!report.needs_restart.empty()) text += "; needs a restart: " + joined(report.needs_restart);
  return text;
}

Prepared reload(const Request& request, node::Node& node) {
  Change change{"node.reload", node.id(), {}, [&node] { return take_over(node); }};
  if (request.dry_run) {
    const auto report = node.try_reload();
    if (!report) return refuse(Problem::invalid_config, report.error().message());
    change.summary = plan_text(*report);
    change.detail = report_json(*report);
  }
  return change;
}

}  // namespace

Json config_json(node::Node& node) {
  const config::Settings settings = node.settings();
  Json items = Json::array();
  for (const config::Key& key : config::keys()) {
    Json item;
    const bool masked = is_secret(key.name) && !settings.text(key.name).empty();
    item.set("key", key.name);
    item.set("value", masked ? std::string("<masked>") : settings.text(key.name));
    item.set("origin", origin_text(settings.origin(key.name))).set("reload", key.reload);
    items.add(std::move(item));
  }
  return list_of(std::move(items));
}

void add_node_routes(Router& router, node::Node& node, Traffic&) {
  using Act = Reply (*)(const Request&, node::Node&);
  const auto here = [&node](Act act) -> Handler {
    return [&node, act](const Request& request) -> Reply {
      if (const auto self = must_be_this(request.param("node"), node); !self)
        return refuse(self.error());
      return act(request, node);
    };
  };
  using Prepare = Prepared (*)(const Request&, node::Node&);
  const auto changing = [&node](Prepare prepare) -> Preparer {
    return [&node, prepare](const Request& request) -> Prepared {
      if (const auto self = must_be_this(request.param("node"), node); !self)
        return refuse(self.error());
      return prepare(request, node);
    };
  };
  router.add("GET", "/v1/nodes", Role::viewer,
             [&node](const Request& request) { return list(request, node); });
  router.add("GET", "/v1/nodes/{node}", Role::viewer,
             [&node](const Request& request) { return get(request, node); });
  router.change("PATCH", "/v1/nodes/{node}", Role::operate, changing(patch));
  router.change("POST", "/v1/nodes/{node}/ping", Role::viewer, changing(ping));
  router.add("GET", "/v1/nodes/{node}/config", Role::operate, here(config_of));
  router.change("POST", "/v1/nodes/{node}/reload", Role::admin, changing(reload));
}

}  // namespace goakt::admin
