#include "goakt/node/bench.h"
#include "goakt/observe/stacks.h"
#include "tests/unit/admin/running_node.h"

using namespace goakt;
using namespace goakt::admin;
using namespace std::chrono_literals;

namespace {

std::string member(const std::string& json, const std::string& name) {
  const auto parsed = Json::parse(json);
  return parsed ? parsed->peek(name) : std::string();
}

http::Request patch(std::string target, std::string body) {
  auto request = post(std::move(target), std::move(body));
  request.method = "PATCH";
  return request;
}

http::Request erase(std::string target) {
  auto request = get(std::move(target));
  request.method = "DELETE";
  return request;
}

// The operation of a 202 answer, once it is over.
std::string finished(http::Client& client, const http::Response& accepted) {
  REQUIRE_MESSAGE(accepted.status == 202, accepted.body);
  const std::string location(accepted.header("location"));
  const auto stream = call(client, get(location + "/stream"));
  CHECK(contains(stream.body, "\"state\":"));
  return call(client, get(location)).body;
}

}  // namespace

TEST_CASE("the node can be looked at, changed under a version, pinged and reloaded") {
  Running running;
  auto client = running.by_socket();
  const auto node = call(client, get("/v1/nodes/self"));
  CHECK(node.status == 200);
  const std::string tag(node.header("etag"));
  CHECK(!tag.empty());
  CHECK(status_of(client, get("/v1/nodes/nobody")) == 404);
  const auto changed =
      call(client, with_header(patch("/v1/nodes/self", R"({"weight":7})"), "If-Match", tag));
  CHECK(changed.status == 200);
  CHECK(member(changed.body, "weight") == "7");
  CHECK(status_of(client,
                  with_header(patch("/v1/nodes/self", R"({"weight":8})"), "If-Match", tag)) == 412);
  CHECK(status_of(client, patch("/v1/nodes/self", R"({"weight":1001})")) == 400);
  CHECK(status_of(client, patch("/v1/nodes/self", R"({"logLevel":"loud"})")) == 400);
  const auto level =
      call(client, patch("/v1/nodes/self", R"({"logLevel":"debug","logLevelForMs":1})"));
  CHECK(level.status == 200);
  const auto deadline = std::chrono::steady_clock::now() + 20s;
  while (running.node().log_level().level() != LogLevel::info &&
         std::chrono::steady_clock::now() < deadline)
    std::this_thread::yield();
  CHECK(running.node().log_level().level() == LogLevel::info);
  CHECK(contains(call(client, post("/v1/nodes/self/ping", R"({"count":3})")).body, "rttNanos"));
  const auto config = call(client, get("/v1/nodes/self/config"));
  CHECK(contains(config.body, R"({"key":"admin.rate","value":"0","origin":"flag")"));
  const auto reload = call(client, post("/v1/nodes/self/reload", ""));
  CHECK(reload.body == "{\"changed\":[],\"needsRestart\":[]}\n");
  CHECK(contains(call(client, get("/v1/events?type=config.reloaded")).body, "config.reloaded"));
  CHECK(contains(call(client, get("/readyz?verbose=1")).body, "\"checks\""));
  CHECK(call(client, get("/livez")).body == "ok\n");
}

TEST_CASE("an actor lives through all that an operator can do to it") {
  Running running;
  auto client = running.by_socket();
  const auto spawned = call(
      client,
      post(
          "/v1/actors",
          R"({"name":"a","kind":"test.quiet","passivateAfterMs":3600000,"role":"api","stash":true,)"
          R"("supervisor":{"strategy":"one-for-all","directives":[{"error":"*","directive":"restart"}]}})"));
  REQUIRE_MESSAGE(spawned.status == 201, spawned.body);
  CHECK(spawned.header("location") == "/v1/actors/a");
  CHECK(contains(spawned.body,
                 R"("passivation":{"type":"time-based","timeoutMs":3600000,"paused":false})"));
  CHECK(contains(spawned.body, R"("stash":{"enabled":true,"size":0})"));
  CHECK(contains(spawned.body, R"("strategy":"one-for-all")"));
  CHECK(member(spawned.body, "role") == "api");
  const auto bad = call(
      client,
      post(
          "/v1/actors",
          R"({"name":"b","kind":"test.quiet","supervisor":{"strategy":"x"},"placement":"y","node":"z","dependencies":[{}]})"));
  CHECK(bad.status == 400);
  for (const char* pointer : {"/supervisor/strategy", "/placement", "/node", "/dependencies"})
    CHECK_MESSAGE(contains(bad.body, pointer), bad.body);
  CHECK(status_of(client, post("/v1/actors", R"({"name":"c","kind":"none"})")) == 422);
  CHECK(status_of(client, post("/v1/actors",
                               R"({"name":"c","kind":"test.quiet","singleton":true})")) == 501);
  CHECK(call(client, post("/v1/actors/a/passivation", R"({"paused":true})")).status == 200);
  CHECK(status_of(client, post("/v1/actors/a/passivation", "{}")) == 400);
  CHECK(call(client, post("/v1/actors/a/restart", "")).status == 200);
  CHECK(call(client, post("/v1/actors/a/reinstate", "")).status == 200);
  const auto asked = call(
      client, post("/v1/actors/a/ask", R"({"type":"google.protobuf.StringValue","message":"hi"})"));
  CHECK(contains(asked.body, "\"message\":\"hi\""));
  CHECK(contains(call(client, get("/v1/top?windowMs=10")).body, "\"ratePerSecond\":"));
  CHECK(contains(call(client, get("/v1/top?by=latency&windowMs=10")).body, "\"waitSeconds\":0"));
  CHECK(status_of(client, get("/v1/top?by=cpu")) == 501);
  CHECK(status_of(client, get("/v1/top?by=x")) == 400);
  CHECK(status_of(client, get("/v1/top?by=deadletters&windowMs=10")) == 200);
  const auto passivated = call(client, post("/v1/actors/a/passivate", ""));
  CHECK(passivated.status == 200);
  CHECK(member(passivated.body, "state") == "passivated");
  CHECK(status_of(client, get("/v1/actors/a")) == 404);
  CHECK(status_of(client, erase("/v1/actors/a?ifExists")) == 204);
}

TEST_CASE("a suspended actor says why and since when, and can be let go on") {
  Running running;
  auto client = running.by_socket();
  // What is escalated waits for an operator.
  REQUIRE(status_of(client, post("/v1/actors",
                                 R"({"name":"a","kind":"test.quiet","supervisor":{"directives":)"
                                 R"([{"error":"*","directive":"escalate"}]}})")) == 201);
  CHECK(status_of(client, post("/v1/actors/a/ask",
                               R"({"type":"google.protobuf.StringValue","message":"boom"})")) ==
        424);
  std::string body;
  const auto deadline = std::chrono::steady_clock::now() + 20s;
  do {
    body = call(client, get("/v1/actors/a")).body;
  } while (!contains(body, "\"stateReason\":") && std::chrono::steady_clock::now() < deadline);
  CHECK(member(body, "state") == "suspended");
  CHECK(contains(member(body, "stateReason"), "boom"));
  CHECK(contains(body, "\"stateSince\":\""));
  CHECK(contains(call(client, get("/v1/tree")).body, "\"stateReason\":"));
  CHECK(status_of(client, post("/v1/actors/a/reinstate", "")) == 200);
}

TEST_CASE("schedules can be made in three ways, held back and ended") {
  Running running;
  running.spawn("a");
  auto client = running.by_socket();
  const auto add = [&](const std::string& more) {
    return call(
        client,
        post("/v1/schedules",
             R"({"target":"a","type":"google.protobuf.StringValue","message":"x",)" + more + "}"));
  };
  CHECK(add(R"("ref":"once","inMs":3600000)").status == 201);
  const auto every = add(R"("ref":"every","everyMs":3600000)");
  CHECK(every.header("location") == "/v1/schedules/every");
  CHECK(contains(every.body, "\"kind\":\"interval\""));
  CHECK(add(R"("ref":"cron","cron":"0 0 12 * * ?")").status == 201);
  CHECK(add(R"("ref":"cron","cron":"0 0 12 * * ?")").status == 409);
  CHECK(add(R"("ref":"bad","cron":"often")").status == 400);
  CHECK(add(R"("inMs":1,"everyMs":1)").status == 400);
  CHECK(contains(call(client, get("/v1/schedules")).body, "\"expression\":\"0 0 12 * * ?\""));
  CHECK(call(client, post("/v1/schedules/every/pause", "")).status == 200);
  CHECK(call(client, post("/v1/schedules/every/pause", "")).status == 409);
  CHECK(contains(call(client, get("/v1/schedules/every")).body, "\"paused\":true"));
  CHECK(call(client, post("/v1/schedules/every/resume", "")).status == 200);
  CHECK(status_of(client, erase("/v1/schedules/every")) == 204);
  CHECK(status_of(client, erase("/v1/schedules/every")) == 404);
  CHECK(status_of(client, get("/v1/schedules/every")) == 404);
}

TEST_CASE("dead letters are listed, counted and sent again by their ids") {
  Running running;
  running.spawn("a");
  auto client = running.by_socket();
  REQUIRE(status_of(client, erase("/v1/actors/a")) == 204);
  running.spawn("b");
  const auto pid = must(running.node().find("b"));
  google::protobuf::DoubleValue number;
  number.set_value(1);
  REQUIRE(pid.tell(number));
  const auto deadline = std::chrono::steady_clock::now() + 20s;
  while (running.node().system().dead_letters_count() == 0 &&
         std::chrono::steady_clock::now() < deadline)
    std::this_thread::yield();
  const auto list = call(client, get("/v1/deadletters?to=b"));
  CHECK(contains(list.body, "\"replayable\":true"));
  CHECK(contains(list.body, "\"message\":1"));
  auto port = running.by_port();
  CHECK(!contains(call(port, get("/v1/deadletters")).body, "\"message\":"));
  CHECK(contains(call(client, get("/v1/deadletters/stats")).body, "\"total\":1,\"kept\":1"));
  const auto at = list.body.find("\"id\":\"") + 6;
  const std::string id = list.body.substr(at, list.body.find('"', at) - at);
  const auto replayed = finished(
      client, call(client, post("/v1/deadletters/replay", R"({"ids":[")" + id + R"(","none"]})")));
  CHECK(contains(replayed, "\"state\":\"partial\""));
  CHECK(contains(replayed, "\"id\":\"none\""));
  CHECK(status_of(client, post("/v1/deadletters/replay", R"({"ids":[]})")) == 400);
}

TEST_CASE("a measurement runs as an operation, and not beside actors unless forced") {
  Running running;
  auto client = running.by_socket();
  for (const char* type : {"tell", "ask", "spawn"}) {
    const auto done =
        finished(client, call(client, post("/v1/bench", std::string("{\"type\":\"") + type +
                                                            "\",\"messages\":200,\"senders\":2}")));
    CHECK_MESSAGE(contains(done, "\"state\":\"succeeded\""), done);
    CHECK(contains(done, "\"perSecond\":"));
    CHECK(contains(done, "\"messages\":200"));
  }
  // A kind gets what it takes, or what the caller says.
  for (const char* body :
       {R"({"type":"ask","kind":"test.quiet","messages":50})",
        R"({"type":"tell","kind":"test.quiet","messages":50})",
        R"({"type":"ask","kind":"test.quiet","messages":50,"message":{"text":"value: 'x'"}})"}) {
    const auto done = finished(client, call(client, post("/v1/bench", body)));
    CHECK_MESSAGE(contains(done, "\"state\":\"succeeded\""), done);
  }
  const auto unhandled = finished(
      client, call(client, post("/v1/bench", R"({"kind":"test.quiet","messages":5,"message":
          {"type":"google.protobuf.Empty"}})")));
  CHECK(contains(unhandled, "did not handle 5 messages"));
  CHECK(status_of(client, post("/v1/bench", R"({"kind":"test.quiet","message":{"raw":"?"}})")) ==
        400);
  CHECK(running.node().system().num_actors() == 0);
  running.spawn("a");
  CHECK(status_of(client, post("/v1/bench", R"({"type":"tell"})")) == 409);
  CHECK(status_of(client, post("/v1/bench", R"({"type":"grain","force":true})")) == 501);
  CHECK(status_of(client, post("/v1/bench", R"({"target":"none","force":true})")) == 404);
  const auto begun =
      call(client, post("/v1/bench", R"({"type":"tell","forMs":600000,"force":true})"));
  REQUIRE(begun.status == 202);
  const std::string location(begun.header("location"));
  CHECK(status_of(client, post(location + "/cancel", "")) == 202);
  CHECK(contains(finished(client, begun), "\"state\":\"cancelled\""));
  CHECK(status_of(client, post(location + "/cancel", "")) == 409);
  CHECK(status_of(client, get(location + "/result")) == 404);
  CHECK(contains(call(client, get("/v1/operations?type=bench&limit=1")).body, "\"cancelled\""));
  CHECK(status_of(client, get("/v1/operations/op-none")) == 404);
}

TEST_CASE("the bundle is an archive that holds no secrets and no messages") {
  Running running;
  auto client = running.by_socket();
  const auto done = finished(client, call(client, post("/v1/debug/bundle", R"({"since":"1h"})")));
  CHECK_MESSAGE(contains(done, "\"state\":\"succeeded\""), done);
  const auto file = call(client, get("/v1/operations/" + member(done, "id") + "/result"));
  CHECK(file.status == 200);
  CHECK(file.header("content-type") == "application/zstd");
  CHECK(file.body.starts_with("\x28\xb5\x2f\xfd"));
  CHECK(status_of(client, post("/v1/debug/bundle", R"({"since":"x"})")) == 400);
}

TEST_CASE("the stacks of all threads can be read while they work") {
  const std::string stacks = observe::thread_stacks();
  CHECK(contains(stacks, "thread "));
  CHECK(contains(stacks, "  #0 "));
  Running running;
  auto client = running.by_socket();
  const auto answer = call(client, get("/v1/debug/stacks"));
  CHECK(answer.status == 200);
  CHECK(contains(answer.body, "goakt"));
}

TEST_CASE("types that the node knows can be found and filled in") {
  Running running;
  auto client = running.by_port();
  CHECK(contains(call(client, get("/v1/types?prefix=google.protobuf.S")).body,
                 "google.protobuf.StringValue"));
  const auto type = call(client, get("/v1/types/google.protobuf.Duration"));
  CHECK(contains(type.body, R"({"name":"seconds","type":"int64","repeated":false})"));
  CHECK(status_of(client, get("/v1/types/none")) == 404);
  CHECK(contains(call(client, get("/v1/kinds/test.quiet")).body, "google.protobuf.StringValue"));
}

TEST_CASE("metrics come in both text forms and count requests by route") {
  Running running;
  running.spawn("a");
  auto client = running.by_port();
  CHECK(status_of(client, get("/v1/actors/a")) == 200);
  const auto text = call(client, get("/metrics"));
  CHECK(text.header("content-type") == "text/plain; version=0.0.4; charset=utf-8");
  for (const char* line :
       {"goakt_actors{kind=\"test.quiet\"} 1\n", "# TYPE goakt_dead_letters_total counter\n",
        "goakt_dead_letters_total{reason=\"unhandled\"} 0\n",
        "goakt_actor_passivated_total{kind=\"test.quiet\"} 0\n", "goakt_dispatcher_ready_queue ",
        "goakt_admin_requests_total{route=\"/v1/actors/{name}\",code=\"200\"} 1\n",
        "process_resident_memory_bytes ", "goakt_mailbox_depth_bucket{le=\"0\"} 1\n",
        "goakt_mailbox_depth_bucket{le=\"10\"} 1\n",
        "goakt_mailbox_depth_bucket{le=\"100000\"} 1\n",
        "goakt_mailbox_depth_bucket{le=\"+Inf\"} 1\n", "goakt_mailbox_depth_max 0\n"})
    CHECK_MESSAGE(contains(text.body, line), line);
  const auto open =
      call(client, with_header(get("/metrics"), "Accept", "application/openmetrics-text"));
  CHECK(contains(open.body, "# TYPE goakt_dead_letters counter\n"));
  CHECK(open.body.ends_with("# EOF\n"));
}
