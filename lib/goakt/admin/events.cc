#include "goakt/admin/actor_json.h"
#include "goakt/admin/query_values.h"
#include "goakt/admin/routes.h"
#include "goakt/node/message_json.h"
#include "goakt/node/node.h"

namespace goakt::admin {

namespace {

// Whether a path is that of the actor that an operator calls by this name.
bool is_about(std::string_view path, std::string_view name) {
  return path == name || (path.size() > name.size() && path.ends_with(name) &&
                          path[path.size() - name.size() - 1] == '/');
}

// The last `limit` of what the filter takes, oldest first.
template <class T, class Takes, class ToJson>
Reply newest(const Request& request, const std::vector<T>& all, Takes takes, ToJson to_json) {
  const auto limit = query_number(request, "limit", 100, 1, 10'000);
  if (!limit) return refuse(limit.error());
  std::vector<const T*> chosen;
  for (auto it = all.rbegin(); it != all.rend(); ++it) {
    if (static_cast<std::int64_t>(chosen.size()) == *limit) break;
    if (takes(*it)) chosen.push_back(&*it);
  }
  Json items = Json::array();
  for (auto it = chosen.rbegin(); it != chosen.rend(); ++it) items.add(to_json(**it));
  Json json;
  json.set("items", std::move(items));
  return answer(json);
}

Reply dead_letters(const Request& request, node::Node& node) {
  const std::string_view to = request.query_value("to");
  const bool bodies = request.role >= Role::operate;
  return newest(
      request, node.system().dead_letters(),
      [&](const Deadletter& letter) { return to.empty() || is_about(letter.receiver, to); },
      [&](const Deadletter& letter) {
        Json json;
        json.set("time", time_text(letter.send_time)).set("node", node.id());
        json.set("from", letter.sender).set("to", letter.receiver);
        if (letter.message && *letter.message) {
          json.set("type", letter.message->type_name());
          if (bodies) {
            if (const auto body = node::json_from_message(*letter.message))
              json.set_raw("message", *body);
          }
        }
        json.set("reason", letter.reason);
        return json;
      });
}

Reply events(const Request& request, node::Node& node) {
  const std::string_view type = request.query_value("type");
  const std::string_view actor = request.query_value("actor");
  return newest(
      request, node.events().kept(),
      [&](const node::EventRecord& event) {
        return (type.empty() || event.type == type) &&
               (actor.empty() || is_about(event.actor, actor));
      },
      [&](const node::EventRecord& event) {
        Json json;
        json.set("id", event.id).set("time", time_text(event.time)).set("node", node.id());
        json.set("type", event.type).set("actor", event.actor);
        if (!event.reason.empty()) json.set("reason", event.reason);
        return json;
      });
}

}  // namespace

void add_event_routes(Router& router, node::Node& node) {
  router.add("GET", "/v1/deadletters", Role::viewer,
             [&node](const Request& request) { return dead_letters(request, node); });
  router.add("GET", "/v1/events", Role::viewer,
             [&node](const Request& request) { return events(request, node); });
}

}  // namespace goakt::admin
