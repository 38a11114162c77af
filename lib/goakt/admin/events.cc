#include "goakt/admin/actor_json.h"
#include "goakt/admin/object_stream.h"
#include "goakt/admin/routes.h"
#include "goakt/admin/selection.h"
#include "goakt/node/node.h"

namespace goakt::admin {

namespace {

struct EventFilter {
  std::string types;
  std::string actor;
  std::optional<WallTime> since;

  bool takes(const node::EventRecord& event) const {
    return is_among(event.type, types) && (actor.empty() || is_about(event.actor, actor)) &&
           (!since || event.time >= *since);
  }
};

Json event_json(const node::EventRecord& event, node::Node& node) {
  Json json;
  json.set("id", node.events().id_text(event.id)).set("time", time_text(event.time));
  json.set("node", node.id()).set("type", event.type);
  if (!event.actor.empty()) json.set("actor", event.actor);
  if (!event.reason.empty()) json.set("reason", event.reason);
  if (!event.data.empty()) json.set_raw("data", event.data);
  return json;
}

class EventFollower final : public ObjectStream {
 public:
  EventFollower(node::Node& node, EventFilter filter, std::uint64_t after, bool other_run)
      : node_(node), filter_(std::move(filter)), after_(after), other_run_(other_run) {}

 protected:
  bool more() override {
    if (std::exchange(other_run_, false)) {
      Json gap;
      gap.set("type", "gap").set("reason", "the id is of another run of the node");
      put(gap, {}, "gap");
    }
    const auto tail = node_.events().after(after_, kAtOnce, std::chrono::seconds(1));
    if (tail.missed > 0) {
      Json gap;
      gap.set("type", "gap").set("missed", tail.missed);
      put(gap, {}, "gap");
    }
    for (const node::EventRecord& event : tail.events) {
      after_ = event.id;
      if (!filter_.takes(event)) continue;
      put(event_json(event, node_), node_.events().id_text(event.id), event.type);
    }
    return true;
  }

 private:
  static constexpr std::size_t kAtOnce = 256;

  node::Node& node_;
  const EventFilter filter_;
  std::uint64_t after_;
  bool other_run_;
};

// Behind which event a follower begins: the one it has seen last, else as many before now as it
// wants, else now.
Reply follow(const Request& request, node::Node& node, Traffic& traffic, EventFilter filter) {
  const std::string_view last = request.header("last-event-id");
  if (!last.empty()) {
    const auto id = node.events().parse_id(last);
    return open_stream<EventFollower>(request, traffic, node, std::move(filter), id.value_or(0),
                                      !id);
  }
  std::uint64_t after = node.events().last_id();
  if (filter.since || request.has_query("limit")) {
    const auto limit = query_number(request, "limit", INT64_MAX, 1, INT64_MAX);
    if (!limit) return refuse(limit.error());
    const auto kept = node.events().kept();
    std::int64_t taken = 0;
    for (auto it = kept.rbegin(); it != kept.rend() && taken < *limit; ++it) {
      if (!filter.takes(*it)) continue;
      ++taken;
      after = it->id - 1;
    }
  }
  return open_stream<EventFollower>(request, traffic, node, std::move(filter), after, false);
}

Reply events(const Request& request, node::Node& node, Traffic& traffic) {
  const auto since = query_time(request, "since");
  if (!since) return refuse(since.error());
  EventFilter filter{std::string(request.query_value("type")),
                     std::string(request.query_value("actor")), *since};
  if (wants_to_follow(request)) return follow(request, node, traffic, std::move(filter));
  return newest(
      request, node.events().kept(),
      [&](const node::EventRecord& event) { return filter.takes(event); },
      [&](const node::EventRecord& event) { return event_json(event, node); });
}

}  // namespace

void add_event_routes(Router& router, node::Node& node, Traffic& traffic) {
  router.add("GET", "/v1/events", Role::viewer,
             [&node, &traffic](const Request& request) { return events(request, node, traffic); });
}

}  // namespace goakt::admin
