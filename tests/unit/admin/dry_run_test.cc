#include "goakt/actor/inspect.h"
#include "tests/unit/admin/running_node.h"

#include <map>

using namespace goakt;
using namespace goakt::admin;

namespace {

http::Request of(std::string method, std::string target, std::string body = {}) {
  auto request = post(std::move(target), std::move(body));
  request.method = std::move(method);
  if (request.body.empty()) request.content_type.clear();
  return request;
}

bool is_plan(const http::Response& response) {
  return response.status == 200 && response.header("content-type") == kPlanType &&
         contains(response.body, "\"kind\":\"Plan\"");
}

// All that a request could have changed, as text.
std::string state_of_node(node::Node& node) {
  std::string text;
  for (const char* name : {"a", "b", "idle"}) {
    const auto pid = node.find(name);
    if (!pid) continue;
    const auto facts = inspect(*pid);
    text += std::string(name) + " " + pid->incarnation_id() + " restarts " +
            std::to_string(pid->restart_count()) + " processed " +
            std::to_string(pid->processed_count()) + " paused " +
            std::to_string(facts && facts->passivation_paused) + "\n";
  }
  for (const auto& schedule : node.system().list_schedules())
    text += schedule.reference + " paused " + std::to_string(schedule.paused) + "\n";
  text += "actors " + std::to_string(node.system().num_actors());
  text += " operations " + std::to_string(node.operations().all().size());
  text += " letters " + std::to_string(node.system().dead_letters_count());
  text += " version " + std::to_string(node.attributes().version);
  text += " level " + std::string(to_string(node.log_level().level()));
  return text;
}

constexpr const char* kHello = R"({"type":"google.protobuf.StringValue","message":"hi"})";

struct Sample {
  std::string target;
  std::string body;
};

// A request of each route that would be done if it were not for dryRun. Routes that are not here
// belong to parts that this node does not have.
const std::map<std::string, Sample>& samples() {
  static const std::map<std::string, Sample> kSamples{
      {"POST /v1/actors", {"/v1/actors", R"({"name":"new","kind":"test.quiet"})"}},
      {"DELETE /v1/actors/{name}", {"/v1/actors/a", ""}},
      {"POST /v1/actors/{name}/restart", {"/v1/actors/a/restart", ""}},
      {"POST /v1/actors/{name}/reinstate", {"/v1/actors/a/reinstate", ""}},
      {"POST /v1/actors/{name}/passivate", {"/v1/actors/a/passivate", ""}},
      {"POST /v1/actors/{name}/passivation", {"/v1/actors/a/passivation", R"({"paused":true})"}},
      {"POST /v1/actors/{name}/messages", {"/v1/actors/a/messages", kHello}},
      {"POST /v1/actors/{name}/ask", {"/v1/actors/a/ask", kHello}},
      {"POST /v1/messages",
       {"/v1/messages", R"({"to":"a","type":"google.protobuf.StringValue","message":"hi"})"
                        "\n"
                        R"({"to":"nobody","type":"google.protobuf.StringValue","message":"hi"})"
                        "\n"}},
      {"POST /v1/schedules",
       {"/v1/schedules",
        R"({"target":"a","everyMs":60000,"type":"google.protobuf.StringValue","message":"x"})"}},
      {"DELETE /v1/schedules/{ref}", {"/v1/schedules/tick", ""}},
      {"POST /v1/schedules/{ref}/pause", {"/v1/schedules/tick/pause", ""}},
      {"POST /v1/schedules/{ref}/resume", {"/v1/schedules/held/resume", ""}},
      {"POST /v1/deadletters/replay", {"/v1/deadletters/replay", R"({"ids":["x"]})"}},
      {"PATCH /v1/nodes/{node}", {"/v1/nodes/self", R"({"weight":7,"logLevel":"error"})"}},
      {"POST /v1/nodes/{node}/ping", {"/v1/nodes/self/ping", ""}},
      {"POST /v1/nodes/{node}/reload", {"/v1/nodes/self/reload", ""}},
      {"POST /v1/bench", {"/v1/bench", R"({"type":"tell","messages":10,"force":true})"}},
      {"POST /v1/debug/bundle", {"/v1/debug/bundle", ""}},
      {"POST /v1/trace", {"/v1/trace", R"({"actor":"a"})"}},
  };
  return kSamples;
}

// What has no plan on a node alone: the code of its refusal.
const std::map<std::string, std::string>& refusals() {
  static const std::map<std::string, std::string> kRefusals{
      {"POST /v1/operations/{id}/cancel", "operation-not-found"},
  };
  return kRefusals;
}

void prepare(Running& running, http::Client& client) {
  for (const char* name : {"a", "b"}) running.spawn(name);
  for (const char* name : {"tick", "held"}) {
    const std::string body = std::string(R"({"target":"b","ref":")") + name +
                             R"(","everyMs":3600000,"type":"google.protobuf.StringValue",)"
                             R"("message":"x"})";
    REQUIRE(status_of(client, post("/v1/schedules", body)) == 201);
  }
  REQUIRE(status_of(client, of("POST", "/v1/schedules/held/pause")) == 200);
}

std::string filled(std::string path) {
  while (path.find('{') != std::string::npos)
    path.replace(path.find('{'), path.find('}') - path.find('{') + 1,
                 path.starts_with("/v1/nodes/") ? "self" : "x");
  return path;
}

}  // namespace

TEST_CASE("with dryRun every changing route answers its plan or a refusal, and changes nothing") {
  Running running;
  auto client = running.by_socket();
  prepare(running, client);
  const std::string before = state_of_node(running.node());
  std::size_t plans = 0;
  for (const auto& route : running.service().router().list()) {
    if (route.method == "GET") continue;
    const std::string name = route.method + " " + route.path;
    CAPTURE(name);
    CHECK(route.plans);
    const auto known = samples().find(name);
    const Sample sample =
        known == samples().end() ? Sample{filled(route.path), "{}"} : known->second;
    const auto response =
        call(client, of(route.method, sample.target + "?dryRun=true", sample.body));
    CAPTURE(response.body);
    if (known != samples().end()) {
      CHECK(is_plan(response));
      ++plans;
    } else {
      const auto refusal = refusals().find(name);
      CHECK(response.status >= 400);
      CHECK(contains(response.body,
                     refusal == refusals().end() ? "not-clustered\"" : refusal->second + "\"") !=
            contains(response.body, "this node has no grains"));
    }
    CHECK(state_of_node(running.node()) == before);
  }
  CHECK(plans == samples().size());
}

TEST_CASE("a plan says what would be done, and a request that would fail fails as a plan, too") {
  Running running;
  auto client = running.by_socket();
  prepare(running, client);
  const auto spawn = [&](const char* body) {
    return call(client, post("/v1/actors?dryRun", body));
  };
  const auto fresh = spawn(R"({"name":"c","kind":"test.quiet"})");
  CHECK(is_plan(fresh));
  CHECK(contains(fresh.body, "\"summary\":\"would start c of kind test.quiet\""));
  CHECK(contains(spawn(R"({"name":"a","kind":"test.quiet"})").body, "already-exists"));
  CHECK(is_plan(spawn(R"({"name":"a","kind":"test.quiet","ifAbsent":true})")));
  CHECK(contains(spawn(R"({"name":"c","kind":"none"})").body, "kind-not-registered"));
  CHECK(contains(spawn(R"({"name":"bad name","kind":"test.quiet"})").body, "invalid-argument"));
  CHECK(contains(spawn(R"({"name":"c","kind":"test.quiet","parent":"nobody"})").body,
                 "actor-not-found"));
  CHECK(status_of(client, of("DELETE", "/v1/actors/nobody?dryRun=1")) == 404);
  CHECK(is_plan(call(client, of("DELETE", "/v1/actors/nobody?dryRun=1&ifExists=1"))));
  CHECK(status_of(client, of("DELETE", "/v1/actors/GoAktUserGuardian?dryRun=1")) == 409);
  CHECK(status_of(client, of("POST", "/v1/schedules/held/pause?dryRun=1")) == 409);
  const auto lines =
      call(client, post("/v1/messages?dryRun=true", samples().at("POST /v1/messages").body));
  CHECK(contains(lines.body, "would send 1 messages"));
  CHECK(contains(lines.body, "{\"line\":2,\"problem\":"));
}

TEST_CASE("dryRun stands in the query or in the body, and what only resembles it is refused") {
  Running running;
  auto client = running.by_socket();
  prepare(running, client);
  CHECK(is_plan(call(client, post("/v1/actors/a/restart", R"({"dryRun":true})"))));
  CHECK(is_plan(
      call(client, post("/v1/actors", R"({"name":"c","kind":"test.quiet","dryRun":true})"))));
  for (const char* query : {"dryRun=yes", "dryrun=true", "dry-run", "dry_run=1", "DRYRUN"})
    CHECK_MESSAGE(status_of(client, of("DELETE", std::string("/v1/actors/a?") + query)) == 400,
                  query);
  CHECK(status_of(client, post("/v1/actors/a/restart", R"({"dryRun":"yes"})")) == 400);
  CHECK(running.node().find("a"));
  CHECK(!running.node().find("c"));
  CHECK(status_of(client, of("DELETE", "/v1/actors/a?dryRun=false")) == 204);
  CHECK(!running.node().find("a"));
}

TEST_CASE("a key that was used for a plan still serves for the doing") {
  Running running;
  auto client = running.by_socket();
  const auto keyed = [](std::string target) {
    return with_header(post(std::move(target), R"({"name":"c","kind":"test.quiet"})"),
                       "Idempotency-Key", "one");
  };
  CHECK(is_plan(call(client, keyed("/v1/actors?dryRun=true"))));
  CHECK(status_of(client, keyed("/v1/actors")) == 201);
  CHECK(is_plan(call(
      client, with_header(post("/v1/actors?dryRun=true", R"({"name":"d","kind":"test.quiet"})"),
                          "Idempotency-Key", "two"))));
}

TEST_CASE("a changing route that was added without a plan refuses dryRun and is not run") {
  Router router;
  bool ran = false;
  router.add("POST", "/v1/forgotten", Role::none, [&](const Request&) -> Reply {
    ran = true;
    return answer(Json());
  });
  Request request;
  request.method = "POST";
  request.path = "/v1/forgotten";
  request.role = Role::admin;
  request.dry_run = true;
  CHECK(router.dispatch(request).status == 400);
  CHECK(!ran);
  CHECK(!router.list().front().plans);
}
