#include "goakt/admin/actor_json.h"
#include "goakt/admin/query_values.h"
#include "goakt/admin/routes.h"
#include "goakt/node/node.h"

#include <charconv>

namespace goakt::admin {

namespace {

constexpr std::int64_t kDefaultPage = 100;
constexpr std::int64_t kLargestPage = 1'000;
// A filter that fits nearly nothing must not make one request read a million actors.
constexpr std::size_t kLooksPerRequest = 20'000;

struct Filter {
  std::string_view prefix, kind, state, parent;

  bool takes(const Pid& pid) const {
    return (prefix.empty() || pid.name().starts_with(prefix)) &&
           (state.empty() || state_of(pid) == state) && (kind.empty() || pid.kind() == kind) &&
           (parent.empty() || parent_name(pid) == parent);
  }
};

// Cursors are opaque to callers; the letter is their version.
std::string cursor_text(std::uint64_t cursor) {
  char text[24];
  const auto end = std::to_chars(text, text + sizeof text, cursor, 36).ptr;
  return "a" + std::string(text, end);
}

bool parse_cursor(std::string_view text, std::uint64_t& cursor) {
  if (text.empty()) return true;
  if (text.front() != 'a') return false;
  const auto parsed = std::from_chars(text.data() + 1, text.data() + text.size(), cursor, 36);
  return parsed.ec == std::errc() && parsed.ptr == text.data() + text.size();
}

Reply list(const Request& request, node::Node& node) {
  const auto limit = query_number(request, "limit", kDefaultPage, 1, kLargestPage);
  if (!limit) return refuse(limit.error());
  std::uint64_t cursor = 0;
  if (!parse_cursor(request.query_value("page"), cursor))
    return refuse(Problem::invalid_argument, "page is not what a list gave as next");
  const Filter filter{request.query_value("prefix"), request.query_value("kind"),
                      request.query_value("state"), request.query_value("parent")};
  const bool system = query_switch(request, "system");
  const std::string id = node.id();
  Json items = Json::array();
  std::size_t looks = 0;
  do {
    const auto page =
        node.system().scan_actors(cursor, static_cast<std::size_t>(*limit) - items.size(), system);
    for (const Pid& pid : page.actors)
      if (filter.takes(pid)) items.add(actor_summary(pid, id));
    looks += page.actors.size();
    cursor = page.next;
  } while (cursor != 0 && items.size() < static_cast<std::size_t>(*limit) &&
           looks < kLooksPerRequest);
  Json json;
  json.set("items", std::move(items));
  if (cursor != 0) json.set("next", cursor_text(cursor));
  return answer(json);
}

Reply get(const Request& request, node::Node& node) {
  const auto pid = node.find(request.param("name"));
  if (!pid) return refuse(pid.error());
  return answer(actor_document(*pid, node.id()));
}

constexpr std::int64_t kLongest = 1000LL * 3600 * 24 * 365;

Reply spawn(const Request& request, node::Node& node) {
  const auto body = Json::parse(request.body);
  if (!body) return refuse(body.error());
  Fields fields(*body);
  node::SpawnRequest spawn;
  spawn.name = fields.required_text("name");
  spawn.kind = fields.required_text("kind");
  spawn.parent = fields.text("parent").value_or("");
  spawn.role = fields.text("role").value_or("");
  spawn.relocatable = fields.flag("relocatable");
  spawn.stashing = fields.flag("stash");
  spawn.if_absent = fields.flag("ifAbsent").value_or(false);
  if (const auto time = fields.integer("initTimeoutMs", 1, kLongest))
    spawn.init_timeout = std::chrono::milliseconds(*time);
  if (const auto time = fields.integer("passivateAfterMs", 1, kLongest))
    spawn.passivation = Passivation::time_based(std::chrono::milliseconds(*time));
  if (const auto count = fields.integer("passivateMessages", 1, INT64_MAX))
    spawn.passivation = Passivation::messages_count_based(static_cast<std::uint64_t>(*count));
  if (fields.flag("longLived").value_or(false)) spawn.passivation = Passivation::long_lived();
  if (auto errors = fields.finish(); !errors.empty())
    return refuse(Refusal::invalid(std::move(errors)));

  const auto pid = node.spawn(spawn);
  if (!pid) return refuse(pid.error());
  Response response = answer(actor_document(*pid, node.id()), 201);
  response.headers.emplace_back("Location", "/v1/actors/" + spawn.name);
  return response;
}

Reply stop(const Request& request, node::Node& node) {
  const Status stopped = node.kill(request.param("name"));
  const bool fine = stopped || (query_switch(request, "ifExists") &&
                                stopped.error().is(ErrorCode::actor_not_found));
  if (!fine) return refuse(stopped.error());
  return Response{204, "", "", {}};
}

// For things done to one user actor that is there.
template <class Act>
Handler on_actor(node::Node& node, Act act) {
  return [&node, act](const Request& request) -> Reply {
    const auto pid = node.find(request.param("name"));
    if (!pid) return refuse(pid.error());
    if (pid->is_system())
      return refuse(Problem::system_actor, std::string(pid->name()) + " belongs to the runtime");
    const Status done = act(*pid);
    if (!done) return refuse(done.error());
    return answer(actor_document(*pid, node.id()));
  };
}

}  // namespace

void add_actor_routes(Router& router, node::Node& node) {
  const auto with = [&node](Reply (*handler)(const Request&, node::Node&)) -> Handler {
    return [&node, handler](const Request& request) { return handler(request, node); };
  };
  router.add("GET", "/v1/actors", Role::viewer, with(list));
  router.add("POST", "/v1/actors", Role::operate, with(spawn));
  router.add("GET", "/v1/actors/{name}", Role::viewer, with(get));
  router.add("DELETE", "/v1/actors/{name}", Role::operate, with(stop));
  router.add("POST", "/v1/actors/{name}/restart", Role::operate,
             on_actor(node, [](const Pid& pid) { return pid.restart_blocking(); }));
  router.add("POST", "/v1/actors/{name}/reinstate", Role::operate,
             on_actor(node, [](const Pid& pid) { return pid.reinstate(); }));
}

}  // namespace goakt::admin
