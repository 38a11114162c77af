#include "goakt/admin/actor_json.h"

#include "goakt/actor/metric.h"
#include "goakt/actor/pid.h"
#include "goakt/actor/system.h"

#include <cstdio>
#include <ctime>

namespace goakt::admin {

namespace {

double seconds(std::chrono::milliseconds time) {
  return std::chrono::duration<double>(time).count();
}

Json head(const Pid& pid, std::string_view node_id) {
  Json json;
  json.set("kind", "Actor").set("name", pid.name()).set("address", pid.path());
  json.set("actorKind", pid.kind()).set("node", node_id).set("impl", "cpp");
  if (const std::string parent = parent_name(pid); !parent.empty()) json.set("parent", parent);
  json.set("state", state_of(pid)).set("relocatable", pid.is_relocatable());
  if (pid.is_system()) json.set("system", true);
  return json;
}

}  // namespace

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
  Json json = head(pid, node_id);
  Json metrics;
  metrics.set("uptimeSeconds", seconds(pid.uptime())).set("processed", pid.processed_count());
  metrics.set("failures", pid.failure_count()).set("restarts", pid.restart_count());
  metrics.set("children", pid.children_count()).set("mailbox", pid.mailbox_depth());
  json.set("metrics", std::move(metrics));
  return json;
}

Json actor_document(const Pid& pid, std::string_view node_id) {
  Json json = head(pid, node_id);
  json.set("incarnation", pid.incarnation_id());
  Json metrics;
  metrics.set("uptimeSeconds", seconds(pid.uptime())).set("processed", pid.processed_count());
  metrics.set("failures", pid.failure_count()).set("restarts", pid.restart_count());
  metrics.set("children", pid.children_count()).set("mailbox", pid.mailbox_depth());
  if (const auto metric = pid.metric()) {
    metrics.set("reinstated", metric->reinstated).set("deadLetters", metric->dead_letters);
    metrics.set("stash", metric->stash_size);
    metrics.set("sinceLastMessageSeconds", seconds(metric->since_last_message));
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
