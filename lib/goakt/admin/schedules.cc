#include "goakt/admin/actor_json.h"
#include "goakt/admin/message_body.h"
#include "goakt/admin/routes.h"
#include "goakt/admin/selection.h"
#include "goakt/node/node.h"

namespace goakt::admin {

namespace {

constexpr std::int64_t kLongest = 1000LL * 3600 * 24 * 365;

const char* kind_text(ScheduleInfo::Kind kind) {
  switch (kind) {
    case ScheduleInfo::Kind::interval:
      return "interval";
    case ScheduleInfo::Kind::cron:
      return "cron";
    default:
      return "once";
  }
}

Json schedule_json(const ScheduleInfo& schedule, const std::string& node_id) {
  using std::chrono::duration_cast;
  using std::chrono::milliseconds;
  Json json;
  json.set("ref", schedule.reference).set("target", schedule.target);
  json.set("kind", kind_text(schedule.kind)).set("node", node_id);
  if (!schedule.cron.empty()) json.set("expression", schedule.cron);
  if (schedule.interval.count() > 0)
    json.set("everyMs", duration_cast<milliseconds>(schedule.interval).count());
  json.set("paused", schedule.paused);
  if (!schedule.paused)
    json.set("next", time_text(SystemClock::instance().wall() + schedule.due_in));
  json.set("dueInMs", duration_cast<milliseconds>(schedule.due_in).count());
  return json;
}

std::optional<ScheduleInfo> find(node::Node& node, std::string_view reference) {
  for (ScheduleInfo& schedule : node.system().list_schedules())
    if (schedule.reference == reference) return std::move(schedule);
  return std::nullopt;
}

Reply not_found(std::string_view reference) {
  return refuse(Problem::schedule_not_found, "no schedule \"" + std::string(reference) + "\"");
}

Reply one(node::Node& node, std::string_view reference, int status) {
  const auto schedule = find(node, reference);
  if (!schedule) return not_found(reference);
  return answer(schedule_json(*schedule, node.id()), status);
}

Reply list(const Request& request, node::Node& node) {
  const std::string_view target = request.query_value("target");
  Json items = Json::array();
  for (const ScheduleInfo& schedule : node.system().list_schedules())
    if (target.empty() || is_about(schedule.target, target))
      items.add(schedule_json(schedule, node.id()));
  return answer(list_of(std::move(items)));
}

// {"target", "ref", "inMs" | "everyMs" | "cron", "type", "message", "raw"}
Reply add(const Request& request, node::Node& node) {
  const auto body = Json::parse(request.body);
  if (!body) return refuse(body.error());
  Fields fields(*body);
  const std::string target = fields.required_text("target");
  const auto in = fields.integer("inMs", 0, kLongest);
  const auto every = fields.integer("everyMs", 1, kLongest);
  const auto cron = fields.text("cron");
  ScheduleOptions options;
  options.reference = fields.text("ref");
  if (fields.word("zone", {"local", "utc"}).value_or("local") == "utc") options.zone = Zone::utc;
  MessageBody parts = MessageBody::read(fields);
  if (int{in.has_value()} + int{every.has_value()} + int{cron.has_value()} != 1)
    fields.complain("inMs", "is needed, or everyMs, or cron: one of the three");
  if (auto errors = fields.finish(); !errors.empty())
    return refuse(Refusal::invalid(std::move(errors)));
  const auto pid = node.find(target);
  if (!pid) return refuse(pid.error());
  auto message = to_message(std::move(parts), *pid, node);
  if (!message) return refuse(message.error());
  ActorSystem& system = node.system();
  auto reference = in ? system.schedule_once(*pid, *std::move(message),
                                             std::chrono::milliseconds(*in), std::move(options))
                   : every
                       ? system.schedule(*pid, *std::move(message),
                                         std::chrono::milliseconds(*every), std::move(options))
                       : system.schedule_cron(*pid, *std::move(message), *cron, std::move(options));
  if (!reference) return refuse(reference.error());
  auto schedule = find(node, *reference);
  if (!schedule) {  // it has fired already
    schedule.emplace();
    schedule->reference = *reference;
    schedule->target = pid->path();
  }
  Response response = answer(schedule_json(*schedule, node.id()), 201);
  response.set_header("Location", "/v1/schedules/" + *reference);
  return response;
}

}  // namespace

void add_schedule_routes(Router& router, node::Node& node) {
  router.add("GET", "/v1/schedules", Role::viewer,
             [&node](const Request& request) { return list(request, node); });
  router.add("POST", "/v1/schedules", Role::operate,
             [&node](const Request& request) { return add(request, node); });
  router.add("GET", "/v1/schedules/{ref}", Role::viewer,
             [&node](const Request& request) { return one(node, request.param("ref"), 200); });
  router.add("DELETE", "/v1/schedules/{ref}", Role::operate,
             [&node](const Request& request) -> Reply {
               const Status done = node.system().cancel_schedule(request.param("ref"));
               if (!done) return refuse(done.error());
               Response response;
               response.status = 204;
               response.content_type.clear();
               return response;
             });
  const auto change = [&](const char* path, Status (ActorSystem::*act)(std::string_view)) {
    router.add("POST", path, Role::operate, [&node, act](const Request& request) -> Reply {
      const Status done = (node.system().*act)(request.param("ref"));
      if (!done) return refuse(done.error());
      return one(node, request.param("ref"), 200);
    });
  };
  change("/v1/schedules/{ref}/pause", &ActorSystem::pause_schedule);
  change("/v1/schedules/{ref}/resume", &ActorSystem::resume_schedule);
}

}  // namespace goakt::admin
