#include "goakt/admin/actor_json.h"
#include "goakt/admin/message_body.h"
#include "goakt/admin/routes.h"
#include "goakt/admin/selection.h"
#include "goakt/base/cron.h"
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
Prepared add(const Request& request, node::Node& node) {
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
  if (cron) {
    if (const auto parsed = CronExpression::parse(*cron); !parsed) return refuse(parsed.error());
  }
  if (options.reference && find(node, *options.reference))
    return refuse(Problem::already_exists, "the schedule " + *options.reference + " is there");
  const auto sent = std::make_shared<Message>(*std::move(message));
  const std::string when = in      ? "once in " + std::to_string(*in) + " ms"
                           : every ? "every " + std::to_string(*every) + " ms"
                                   : "at " + *cron;
  return Change{"schedule.add", options.reference.value_or(""),
                "would send a " + std::string(sent->type_name()) + " to " + target + " " + when,
                [=, pid = *pid, options = std::move(options), &node]() -> Reply {
                  ActorSystem& system = node.system();
                  auto reference =
                      in      ? system.schedule_once(pid, std::move(*sent),
                                                     std::chrono::milliseconds(*in), options)
                      : every ? system.schedule(pid, std::move(*sent),
                                                std::chrono::milliseconds(*every), options)
                              : system.schedule_cron(pid, std::move(*sent), *cron, options);
                  if (!reference) return refuse(reference.error());
                  auto schedule = find(node, *reference);
                  if (!schedule) {  // it has fired already
                    schedule.emplace();
                    schedule->reference = *reference;
                    schedule->target = pid.path();
                  }
                  Response response = answer(schedule_json(*schedule, node.id()), 201);
                  response.set_header("Location", "/v1/schedules/" + *reference);
                  return response;
                }};
}

// Something done to a schedule that is there.
template <class Done>
Preparer on_schedule(node::Node& node, const char* verb,
                     Status (ActorSystem::*act)(std::string_view), Done done) {
  return [=, &node](const Request& request) -> Prepared {
    const std::string reference(request.param("ref"));
    const auto schedule = find(node, reference);
    if (!schedule) return refuse(not_found(reference).error());
    const std::string_view word(verb);
    if (request.dry_run && (word == "pause" || word == "resume") &&
        schedule->paused == (word == "pause"))
      return refuse(Problem::wrong_state,
                    "the schedule " + reference + (schedule->paused ? " is paused" : " runs"));
    return Change{std::string("schedule.") + verb, reference,
                  std::string("would ") + verb + " the schedule " + reference,
                  [=, &node]() -> Reply {
                    if (const Status status = (node.system().*act)(reference); !status)
                      return refuse(status.error());
                    return done(reference);
                  }};
  };
}

}  // namespace

void add_schedule_routes(Router& router, node::Node& node) {
  router.add("GET", "/v1/schedules", Role::viewer,
             [&node](const Request& request) { return list(request, node); });
  router.change("POST", "/v1/schedules", Role::operate,
                [&node](const Request& request) { return add(request, node); });
  router.add("GET", "/v1/schedules/{ref}", Role::viewer,
             [&node](const Request& request) { return one(node, request.param("ref"), 200); });
  router.change("DELETE", "/v1/schedules/{ref}", Role::operate,
                on_schedule(node, "cancel", &ActorSystem::cancel_schedule,
                            [](const std::string&) -> Reply { return no_content(); }));
  const auto as_it_is = [&node](const std::string& reference) { return one(node, reference, 200); };
  router.change("POST", "/v1/schedules/{ref}/pause", Role::operate,
                on_schedule(node, "pause", &ActorSystem::pause_schedule, as_it_is));
  router.change("POST", "/v1/schedules/{ref}/resume", Role::operate,
                on_schedule(node, "resume", &ActorSystem::resume_schedule, as_it_is));
}

}  // namespace goakt::admin
