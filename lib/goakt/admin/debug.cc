#include "goakt/actor/inspect.h"
#include "goakt/admin/actor_json.h"
#include "goakt/admin/archive.h"
#include "goakt/admin/bundle.h"
#include "goakt/admin/operation_json.h"
#include "goakt/admin/query_values.h"
#include "goakt/admin/routes.h"
#include "goakt/node/node.h"
#include "goakt/observe/stacks.h"

namespace goakt::admin {

namespace {

// What the bundle holds: a file for each of these resources, as a caller without the right to see
// messages gets them.
struct Part {
  const char* file;
  const char* path;
  Members query;
  Role role;
};

const std::vector<Part>& parts() {
  static const std::vector<Part> kParts{
      {"node.json", "/v1/nodes/self", {}, Role::viewer},
      {"build.json", "/v1/version", {}, Role::viewer},
      {"config.json", "/v1/nodes/self/config", {}, Role::operate},
      {"tree.json", "/v1/tree", {{"depth", "3"}, {"system", "true"}}, Role::viewer},
      {"top.json", "/v1/top", {{"windowMs", "500"}, {"rows", "100"}}, Role::viewer},
      {"schedules.json", "/v1/schedules", {}, Role::viewer},
      {"operations.json", "/v1/operations", {{"limit", "1000"}}, Role::viewer},
      {"metrics.prom", "/metrics", {}, Role::viewer},
      {"events.ndjson", "/v1/events", {{"limit", "10000"}}, Role::viewer},
      {"deadletters.ndjson", "/v1/deadletters", {{"limit", "10000"}}, Role::viewer},
      {"log.ndjson", "/v1/logs", {{"limit", "10000"}}, Role::operate},
  };
  return kParts;
}

// A list as one object per line.
std::string as_lines(const std::string& list) {
  const auto json = Json::parse(list);
  if (!json) return list;
  Fields fields(*json);
  std::string lines;
  for (const std::string& item : fields.raws("items").value_or(std::vector<std::string>()))
    lines += item + "\n";
  return lines;
}

}  // namespace

Result<std::string> make_bundle(node::Operation& operation, const Router& router, node::Node& node,
                                const BundleWish& wish) {
  const WallTime now = SystemClock::instance().wall();
  Archive archive("goaktd-debug");
  Json failures = Json::array();
  operation.expect(parts().size() + 1);
  for (const Part& part : parts()) {
    if (operation.cancelled()) return std::string();
    const std::string_view file(part.file);
    if (file == "log.ndjson" && !wish.logs) {
      operation.item_skipped();
      continue;
    }
    Request request;
    request.method = "GET";
    request.path = part.path;
    request.query = part.query;
    request.role = part.role;
    request.request_id = operation.id();
    if (!wish.since.empty() && file.ends_with(".ndjson")) request.query["since"] = wish.since;
    const Response response = router.dispatch(request);
    if (response.status != 200) {
      failures.add(file);
      operation.item_failed(
          {part.file, "file", Problem::internal, "status " + std::to_string(response.status)});
      continue;
    }
    GOAKT_CHECK(
        archive.add(file, file.ends_with(".ndjson") ? as_lines(response.body) : response.body));
    operation.item_done();
  }
  GOAKT_CHECK(archive.add("stacks.txt", observe::thread_stacks()));
  operation.item_done();
  Json nodes = Json::array();
  nodes.add(node.id());
  Json manifest;
  manifest.set("kind", "Bundle").set("version", GOAKT_VERSION).set("time", time_text(now));
  manifest.set("system", node.system().name()).set("nodes", std::move(nodes));
  manifest.set("failures", std::move(failures));
  GOAKT_CHECK(archive.add("manifest.json", manifest.dump() + "\n"));
  return archive.finish();
}

namespace {

// The operation of the route: whoever asked for it fetches the bundle from there.
Status attach_bundle(node::Operation& operation, const Router& router, node::Node& node,
                     const BundleWish& wish) {
  GOAKT_TRY(std::string bytes, make_bundle(operation, router, node, wish));
  if (bytes.empty()) return {};
  Json result;
  result.set("href", "/v1/operations/" + operation.id() + "/result").set("bytes", bytes.size());
  operation.result(result.dump());
  operation.attach("application/zstd", std::move(bytes));
  return {};
}

Prepared bundle(const Request& request, const Router& router, node::Node& node) {
  BundleWish wish;
  if (!request.body.empty()) {
    const auto body = Json::parse(request.body);
    if (!body) return refuse(body.error());
    Fields fields(*body);
    wish.since = fields.text("since").value_or("");
    wish.logs = fields.flag("logs").value_or(true);
    fields.texts("nodes");  // alone there is one
    Request check;
    check.query["since"] = wish.since;
    if (const auto since = query_time(check, "since"); !since)
      fields.complain("since", since.error().detail());
    if (auto errors = fields.finish(); !errors.empty())
      return refuse(Refusal::invalid(std::move(errors)));
  }
  node::Operations::Spec spec{"debug.bundle", node.id(), request.caller, request.request_id};
  return Change{"debug.bundle", node.id(), "would gather what is known of " + node.id(),
                [spec, wish, &router, &node]() -> Reply {
                  auto operation = node.operations().start(
                      spec, [&router, &node, wish](node::Operation& running) {
                        return attach_bundle(running, router, node, wish);
                      });
                  if (!operation) return refuse(operation.error());
                  return accepted(**operation);
                }};
}

}  // namespace

void add_debug_routes(Router& router, node::Node& node, const Traffic&) {
  router.add("GET", "/v1/debug/stacks", Role::admin, [](const Request&) -> Reply {
    Response response;
    response.content_type = kTextType;
    response.body = observe::thread_stacks();
    return response;
  });
  router.change("POST", "/v1/debug/bundle", Role::admin,
                [&router, &node](const Request& request) { return bundle(request, router, node); });
}

}  // namespace goakt::admin
