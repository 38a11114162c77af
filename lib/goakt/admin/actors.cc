#include "goakt/actor/inspect.h"
#include "goakt/actor/messages.h"
#include "goakt/admin/actor_filter.h"
#include "goakt/admin/actor_json.h"
#include "goakt/admin/cursor.h"
#include "goakt/admin/query_values.h"
#include "goakt/admin/rates.h"
#include "goakt/admin/routes.h"
#include "goakt/admin/spawn_body.h"
#include "goakt/base/names.h"
#include "goakt/node/node.h"

#include <algorithm>
#include <thread>

namespace goakt::admin {

namespace {

constexpr std::int64_t kDefaultPage = 100;
constexpr std::int64_t kLargestPage = 1'000;
// A filter that fits nearly nothing must not make one request read a million actors.
constexpr std::size_t kLooksPerRequest = 20'000;
constexpr std::size_t kScanStep = 4'096;

std::string scope_of(node::Node& node) {
  return "actors|" + node.events().id_text(0);
}

// What a list is sorted by.
struct Order {
  std::string field;
  bool down = false;

  bool by_text() const { return field == "name" || field == "kind" || field == "node"; }

  bool before(const Pid& a, const Pid& b) const {
    if (down) return forward(b, a);
    return forward(a, b);
  }

 private:
  bool forward(const Pid& a, const Pid& b) const {
    if (field == "kind") {
      const std::string left = a.kind();
      const std::string right = b.kind();
      if (left != right) return left < right;
    } else if (!by_text()) {
      double left = 0;
      double right = 0;
      metric_of(a, field, left);
      metric_of(b, field, right);
      if (left != right) return left < right;
    }
    return a.name() < b.name();
  }
};

tl::expected<Order, Refusal> order_of(std::string_view text) {
  Order order;
  order.down = text.starts_with('-');
  if (order.down) text.remove_prefix(1);
  if (text.starts_with("metrics.")) text.remove_prefix(8);
  order.field = text == "actorKind" ? "kind" : text;
  double ignored = 0;
  if (order.by_text() || metric_of(Pid(), order.field, ignored)) return order;
  return refuse(Problem::invalid_argument,
                "sort must be name, kind, node or a figure such as metrics.mailbox; a minus before "
                "it turns it round");
}

// All that the filter takes, in order; only when it is little enough for one page.
Reply sorted(const Request& request, node::Node& node, const ActorFilter& filter, bool system,
             std::size_t limit) {
  const auto order = order_of(request.query_value("sort"));
  if (!order) return refuse(order.error());
  std::vector<Pid> taken;
  std::uint64_t cursor = 0;
  do {
    const auto page = node.system().scan_actors(cursor, kScanStep, system);
    for (const Pid& pid : page.actors) {
      if (!filter.takes(pid)) continue;
      taken.push_back(pid);
      if (taken.size() <= static_cast<std::size_t>(kLargestPage)) continue;
      return refuse(
          Refusal(Problem::sort_needs_scope, "more than 1000 actors fit; only fewer can be sorted")
              .with_hint("narrow the list: prefix, kind, filter; or top"));
    }
    cursor = page.next;
  } while (cursor != 0);
  const auto middle = taken.begin() + static_cast<std::ptrdiff_t>(std::min(limit, taken.size()));
  std::partial_sort(taken.begin(), middle, taken.end(),
                    [&](const Pid& a, const Pid& b) { return order->before(a, b); });
  const std::string id = node.id();
  Json items = Json::array();
  for (auto it = taken.begin(); it != middle; ++it) items.add(actor_summary(*it, id));
  return answer(list_of(std::move(items)));
}

Reply list(const Request& request, node::Node& node) {
  const auto limit = query_number(request, "limit", kDefaultPage, 1, kLargestPage);
  if (!limit) return refuse(limit.error());
  const std::string id = node.id();
  const auto filter = ActorFilter::of(request, id);
  if (!filter) return refuse(filter.error());
  const bool system = query_switch(request, "system");
  const auto most = static_cast<std::size_t>(*limit);
  if (request.has_query("sort")) return sorted(request, node, *filter, system, most);

  const WallTime now = SystemClock::instance().wall();
  auto cursor = Cursor::parse(request.query_value("page"), scope_of(node), now);
  if (!cursor) return refuse(cursor.error());
  Json items = Json::array();
  std::size_t looks = 0;
  do {
    const auto page = node.system().scan_actors(cursor->position, most - items.size(), system);
    for (const Pid& pid : page.actors)
      if (filter->takes(pid)) items.add(actor_summary(pid, id));
    looks += page.actors.size();
    cursor->position = page.next;
  } while (cursor->position != 0 && items.size() < most && looks < kLooksPerRequest);
  Json json = list_of(std::move(items),
                      cursor->position == 0 ? std::string() : cursor->to_text(scope_of(node), now));
  json.set("approxTotal", node.system().num_actors());
  return answer(json);
}

Reply get(const Request& request, node::Node& node, Rates& rates) {
  const auto pid = node.find(request.param("name"));
  if (!pid) return refuse(pid.error());
  return answer(actor_document(*pid, node, &rates));
}

// What would come of it, without trying: the node itself finds out by doing.
tl::expected<std::string, Refusal> foresee(const node::SpawnRequest& spawn, node::Node& node) {
  if (const Status named = names::check_user_actor(spawn.name); !named)
    return refuse(named.error());
  const std::string full = spawn.parent.empty() ? spawn.name : spawn.parent + "/" + spawn.name;
  if (node.kinds().find(spawn.kind) == nullptr) {
    return refuse(
        Refusal(Problem::kind_not_registered, "no kind \"" + spawn.kind + "\" is registered here")
            .with_hint("goaktctl kind list"));
  }
  if (!spawn.parent.empty()) {
    if (const auto parent = node.find(spawn.parent); !parent) return refuse(parent.error());
  }
  const auto there = node.find(full);
  if (!there && !there.error().is(ErrorCode::actor_not_found)) return refuse(there.error());
  if (!there) return "would start " + full + " of kind " + spawn.kind;
  if (spawn.if_absent && there->kind() == spawn.kind)
    return "would do nothing: " + full + " is there";
  return refuse(Problem::already_exists,
                "the actor " + full + " is there, of kind " + std::string(there->kind()));
}

Prepared spawn(const Request& request, node::Node& node) {
  auto read = read_spawn(request, node);
  if (!read) return refuse(std::move(read).error());
  node::SpawnRequest spawn = *std::move(read);
  std::string summary;
  if (request.dry_run) {
    auto foreseen = foresee(spawn, node);
    if (!foreseen) return refuse(foreseen.error());
    summary = *std::move(foreseen);
  }
  const std::string name = spawn.name;
  return Change{
      "actor.spawn", name, std::move(summary), [spawn = std::move(spawn), &node]() -> Reply {
        const auto pid = node.spawn(spawn);
        if (!pid) return refuse(pid.error());
        Response response = answer(actor_document(*pid, node), 201);
        const std::string parent = parent_name(*pid);
        response.set_header("Location",
                            "/v1/actors/" + (parent.empty() ? "" : parent + "%2F") + spawn.name);
        return response;
      }};
}

// A user's actor; the runtime's own are no operator's business.
tl::expected<Pid, Refusal> find_user_actor(const Request& request, node::Node& node) {
  const auto pid = node.find(request.param("name"));
  if (!pid) return refuse(pid.error());
  if (pid->is_system())
    return refuse(Problem::system_actor, std::string(pid->name()) + " belongs to the runtime");
  return *pid;
}

std::string and_children(const Pid& pid) {
  const std::size_t count = pid.children_count();
  return count == 0   ? std::string()
         : count == 1 ? " and its child"
                      : " and its " + std::to_string(count) + " children";
}

Prepared stop(const Request& request, node::Node& node) {
  const std::string name(request.param("name"));
  const bool if_exists = query_switch(request, "ifExists");
  const auto pid = find_user_actor(request, node);
  if (!pid && if_exists && pid.error().problem() == Problem::actor_not_found)
    return Change{"actor.stop", name, "would do nothing: " + name + " is not there", no_content};
  if (!pid) return refuse(pid.error());
  return Change{"actor.stop", name, "would stop " + name + and_children(*pid),
                [name, if_exists, &node]() -> Reply {
                  const Status stopped = node.kill(name);
                  const bool gone =
                      stopped || (if_exists && stopped.error().is(ErrorCode::actor_not_found));
                  if (!gone) return refuse(stopped.error());
                  return no_content();
                }};
}

// Its passivation would have stopped it now: what is answered is how it was.
Prepared passivate(const Request& request, node::Node& node) {
  const auto pid = find_user_actor(request, node);
  if (!pid) return refuse(pid.error());
  const std::string name(request.param("name"));
  return Change{"actor.passivate", name, "would passivate " + name + and_children(*pid),
                [pid = *pid, &node]() -> Reply {
                  Json before = actor_document(pid, node);
                  if (const Status done = passivate_blocking(pid); !done)
                    return refuse(done.error());
                  before.set("state", "passivated");
                  return answer(before);
                }};
}

// The runtime takes such wishes as messages: the answer is the actor afterwards, not meanwhile.
template <class Holds>
void await_turn(Holds holds) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(1);
  while (!holds() && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

Prepared passivation(const Request& request, node::Node& node) {
  const auto pid = find_user_actor(request, node);
  if (!pid) return refuse(pid.error());
  const auto body = Json::parse(request.body);
  if (!body) return refuse(body.error());
  Fields fields(*body);
  const auto paused = fields.flag("paused");
  if (!paused) fields.complain("paused", "is required: true or false");
  if (auto errors = fields.finish(); !errors.empty())
    return refuse(Refusal::invalid(std::move(errors)));
  const std::string name(request.param("name"));
  return Change{
      "actor.passivation", name,
      std::string(*paused ? "would pause" : "would resume") + " the passivation of " + name,
      [pid = *pid, pause = *paused, &node]() -> Reply {
        const Status sent = pause ? pid.tell(PausePassivation{}) : pid.tell(ResumePassivation{});
        if (!sent) return refuse(sent.error());
        await_turn([&] {
          const auto facts = inspect(pid);
          return !facts || facts->passivation_paused == pause;
        });
        return answer(actor_document(pid, node));
      }};
}

Status reinstate(const Pid& pid) {
  GOAKT_CHECK(pid.reinstate());
  await_turn([&] { return !pid.is_suspended(); });
  return {};
}

// For things done to one user actor that is there.
template <class Act>
Preparer on_actor(node::Node& node, const char* verb, Act act) {
  return [&node, verb, act](const Request& request) -> Prepared {
    const auto pid = find_user_actor(request, node);
    if (!pid) return refuse(pid.error());
    const std::string name(request.param("name"));
    return Change{std::string("actor.") + verb, name, std::string("would ") + verb + " " + name,
                  [pid = *pid, act, &node]() -> Reply {
                    if (const Status done = act(pid); !done) return refuse(done.error());
                    return answer(actor_document(pid, node));
                  }};
  };
}

}  // namespace

void add_actor_routes(Router& router, node::Node& node, std::shared_ptr<Rates> rates) {
  const auto with = [&node](Reply (*handler)(const Request&, node::Node&)) -> Handler {
    return [&node, handler](const Request& request) { return handler(request, node); };
  };
  const auto prepared = [&node](Prepared (*prepare)(const Request&, node::Node&)) -> Preparer {
    return [&node, prepare](const Request& request) { return prepare(request, node); };
  };
  router.add("GET", "/v1/actors", Role::viewer, with(list));
  router.change("POST", "/v1/actors", Role::operate, prepared(spawn));
  router.add("GET", "/v1/actors/{name}", Role::viewer,
             [&node, rates](const Request& request) { return get(request, node, *rates); });
  router.change("DELETE", "/v1/actors/{name}", Role::operate, prepared(stop));
  router.change("POST", "/v1/actors/{name}/restart", Role::operate,
                on_actor(node, "restart", [](const Pid& pid) { return pid.restart_blocking(); }));
  router.change("POST", "/v1/actors/{name}/reinstate", Role::operate,
                on_actor(node, "reinstate", reinstate));
  router.change("POST", "/v1/actors/{name}/passivate", Role::operate, prepared(passivate));
  router.change("POST", "/v1/actors/{name}/passivation", Role::operate, prepared(passivation));
}

}  // namespace goakt::admin
