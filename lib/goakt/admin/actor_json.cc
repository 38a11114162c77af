#include "goakt/admin/actor_json.h"

#include "goakt/actor/inspect.h"
#include "goakt/actor/metric.h"
#include "goakt/actor/pid.h"
#include "goakt/actor/supervisor.h"
#include "goakt/actor/system.h"
#include "goakt/admin/rates.h"
#include "goakt/node/node.h"

#include <cstdio>
#include <ctime>

namespace goakt::admin {

namespace {

double seconds(std::chrono::milliseconds time) {
  return std::chrono::duration<double>(time).count();
}

Json head(const Pid& pid, std::string_view node_id, const char* kind) {
  Json json;
  json.set("kind", kind).set("name", pid.name()).set("address", pid.path());
  json.set("actorKind", pid.kind()).set("node", node_id).set("impl", "cpp");
  if (const std::string parent = parent_name(pid); !parent.empty()) json.set("parent", parent);
  json.set("state", state_of(pid)).set("relocatable", pid.is_relocatable());
  if (pid.is_system()) json.set("system", true);
  return json;
}

Json figures(const Pid& pid) {
  Json metrics;
  metrics.set("uptimeSeconds", seconds(pid.uptime())).set("processed", pid.processed_count());
  metrics.set("failures", pid.failure_count()).set("restarts", pid.restart_count());
  metrics.set("children", pid.children_count()).set("mailbox", pid.mailbox_depth());
  return metrics;
}

const char* mode_text(ReentrancyMode mode) {
  switch (mode) {
    case ReentrancyMode::allow_all:
      return "allow-all";
    case ReentrancyMode::stash_non_reentrant:
      return "stash-non-reentrant";
    default:
      return "off";
  }
}

Json supervisor_json(const Supervisor& supervisor) {
  constexpr const char* kDirectives[] = {"stop", "resume", "restart", "escalate"};
  Json directives = Json::array();
  const auto add = [&](std::string_view error, Directive directive) {
    Json rule;
    rule.set("error", error).set("directive", kDirectives[static_cast<std::size_t>(directive)]);
    directives.add(std::move(rule));
  };
  for (const auto& [error, directive] : supervisor.directives()) add(error, directive);
  // A name that nobody gives tells what holds for all others.
  if (const auto any = supervisor.directive_for("*")) add("*", *any);
  Json json;
  json.set("strategy", supervisor.strategy() == SupervisionStrategy::one_for_all ? "one-for-all"
                                                                                 : "one-for-one");
  json.set("maxRetries", supervisor.max_retries());
  if (supervisor.timeout().count() > 0)
    json.set("windowMs",
             std::chrono::duration_cast<std::chrono::milliseconds>(supervisor.timeout()).count());
  json.set("directives", std::move(directives));
  return json;
}

}  // namespace

Json passivation_json(const Passivation& passivation) {
  Json json;
  switch (passivation.kind()) {
    case Passivation::Kind::time_based:
      json.set("type", "time-based").set("timeoutMs", passivation.timeout().count());
      break;
    case Passivation::Kind::messages_count_based:
      json.set("type", "messages-count-based").set("messages", passivation.messages());
      break;
    case Passivation::Kind::long_lived:
      json.set("type", "long-lived");
      break;
  }
  return json;
}

std::string_view state_of(const Pid& pid) {
  if (pid.is_suspended()) return "suspended";
  if (pid.is_stopping()) return "stopping";
  return pid.is_running() ? "running" : "stopped";
}

std::string parent_name(const Pid& pid) {
  const Pid parent = pid.parent();
  if (!parent || parent == pid || parent.is_system()) return {};
  return std::string(parent.name());
}

Json actor_summary(const Pid& pid, std::string_view node_id) {
  Json json = head(pid, node_id, "ActorSummary");
  json.set("metrics", figures(pid));
  return json;
}

Json actor_document(const Pid& pid, node::Node& node, Rates* rates) {
  Json json = head(pid, node.id(), "Actor");
  json.set("incarnation", pid.incarnation_id());
  if (const auto facts = inspect(pid)) {
    if (!pid.is_stopping()) json.set("stateSince", time_text(facts->state_since));
    if (pid.is_suspended()) json.set("stateReason", facts->state_reason);
    json.set("singleton", facts->singleton);
    if (!facts->role.empty()) json.set("role", facts->role);
    Json passivation = passivation_json(facts->passivation);
    passivation.set("paused", facts->passivation_paused);
    json.set("passivation", std::move(passivation));
    Json stash;
    stash.set("enabled", facts->stashing).set("size", facts->stash_size);
    json.set("stash", std::move(stash));
    Json reentrancy;
    reentrancy.set("mode", facts->reentrancy ? mode_text(facts->reentrancy->mode) : "off");
    if (facts->reentrancy && facts->reentrancy->max_in_flight > 0)
      reentrancy.set("maxInFlight", facts->reentrancy->max_in_flight);
    json.set("reentrancy", std::move(reentrancy));
    if (!facts->mailbox.empty()) json.set("mailboxKind", facts->mailbox);
    static const Supervisor kDefault;
    json.set("supervisor", supervisor_json(facts->supervisor ? *facts->supervisor : kDefault));
    Json dependencies = Json::array();
    for (const std::string& id : facts->dependencies) dependencies.add(id);
    json.set("dependencies", std::move(dependencies));
  }
  Json metrics = figures(pid);
  if (const auto metric = pid.metric()) {
    metrics.set("reinstated", metric->reinstated).set("deadLetters", metric->dead_letters);
    metrics.set("stash", metric->stash_size);
    metrics.set("sinceLastMessageSeconds", seconds(metric->since_last_message));
    if (metric->last_processing.count() > 0)
      metrics.set("lastProcessingNanos", metric->last_processing.count());
  }
  if (rates != nullptr) {
    const Rates::Rate rate = rates->of(pid);
    metrics.set("ratePerSecond", rate.per_second).set("rateSeconds", rate.window_seconds);
  }
  json.set("metrics", std::move(metrics)).set("source", "live");
  return json;
}

std::string time_text(WallTime time) {
  const auto since = time.time_since_epoch();
  const auto whole = std::chrono::floor<std::chrono::seconds>(since);
  const auto millis = std::chrono::duration_cast<std::chrono::milliseconds>(since - whole).count();
  const std::time_t clock = static_cast<std::time_t>(whole.count());
  std::tm parts{};
  ::gmtime_r(&clock, &parts);
  char text[32];
  const std::size_t size = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
  std::snprintf(text + size, sizeof text - size, ".%03dZ", static_cast<int>(millis));
  return text;
}

}  // namespace goakt::admin
