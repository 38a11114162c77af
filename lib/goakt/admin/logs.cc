#include "goakt/admin/object_stream.h"
#include "goakt/admin/routes.h"
#include "goakt/admin/selection.h"
#include "goakt/node/node.h"

namespace goakt::admin {

namespace {

using observe::LogLine;

struct LineFilter {
  LogLevel least = LogLevel::debug;
  std::string loggers;
  std::string part;
  std::optional<WallTime> since;

  bool takes(const LogLine& line) const {
    return weight(line.level) >= weight(least) && is_among(line.logger, loggers) &&
           (part.empty() || line.json.find(part) != std::string::npos) &&
           (!since || line.time >= *since);
  }
};

class LogFollower final : public ObjectStream {
 public:
  LogFollower(node::Node& node, LineFilter filter, std::uint64_t after)
      : node_(node), filter_(std::move(filter)), after_(after) {}

 protected:
  bool more() override {
    const auto tail = node_.logs().after(after_, 256, std::chrono::seconds(1));
    if (tail.missed > 0) {
      Json gap;
      gap.set("type", "gap").set("missed", tail.missed);
      put(gap, {}, "gap");
    }
    for (const LogLine& line : tail.lines) {
      after_ = line.id;
      if (!filter_.takes(line)) continue;
      if (const auto json = Json::parse(line.json)) put(*json, std::to_string(line.id), "log");
    }
    return true;
  }

 private:
  node::Node& node_;
  const LineFilter filter_;
  std::uint64_t after_;
};

Reply logs(const Request& request, node::Node& node, Traffic& traffic) {
  const auto since = query_time(request, "since");
  if (!since) return refuse(since.error());
  LineFilter filter;
  filter.since = *since;
  filter.loggers = request.query_value("logger");
  filter.part = request.query_value("grep");
  if (const std::string_view word = request.query_value("level"); !word.empty()) {
    const auto level = parse_log_level(word);
    if (!level)
      return refuse(Problem::invalid_argument, "level must be debug, info, warn or error");
    filter.least = *level;
  }
  const bool follows = wants_to_follow(request);
  const auto kept = node.logs().after(0, observe::LogRing::kKept, {});
  if (!follows) {
    return newest(
        request, kept.lines, [&](const LogLine& line) { return filter.takes(line); },
        [](const LogLine& line) {
          auto json = Json::parse(line.json);
          return json ? *std::move(json) : Json();
        });
  }
  const auto limit = query_number(request, "limit", filter.since ? INT64_MAX : 0, 0, INT64_MAX);
  if (!limit) return refuse(limit.error());
  std::uint64_t after = node.logs().last_id();
  std::int64_t taken = 0;
  for (auto it = kept.lines.rbegin(); it != kept.lines.rend() && taken < *limit; ++it) {
    if (!filter.takes(*it)) continue;
    ++taken;
    after = it->id - 1;
  }
  return open_stream<LogFollower>(request, traffic, node, std::move(filter), after);
}

}  // namespace

void add_log_routes(Router& router, node::Node& node, Traffic& traffic) {
  router.add("GET", "/v1/logs", Role::operate,
             [&node, &traffic](const Request& request) { return logs(request, node, traffic); });
}

}  // namespace goakt::admin
