#include "goakt/node/remoting.h"
#include "tests/unit/admin/running_node.h"

using namespace goakt;
using namespace goakt::admin;

namespace {

http::Request of(std::string method, std::string target, std::string body = {}) {
  auto request = post(std::move(target), std::move(body));
  request.method = std::move(method);
  if (request.body.empty()) request.content_type.clear();
  return request;
}

// A node that is asked, and one that it is asked about.
struct Fixture {
  // "/v1/actors?node=127.0.0.1:40123&..."
  http::Response about(const std::string& method, const std::string& target,
                       const std::string& body = {}, const std::string& query = {}) {
    return call(client, of(method, target + "?node=" + there.node().id() + query, body));
  }

  Running here{{"remoting.enabled", "true"}, {"remoting.port", "0"}};
  Running there{{"remoting.enabled", "true"}, {"remoting.port", "0"}};
  http::Client client = here.by_socket();
};

constexpr const char* kSpawn = R"({"name":"a","kind":"test.quiet"})";

}  // namespace

TEST_CASE("an actor is spawned, read, asked and stopped on a node that has no part in it") {
  Fixture f;
  const auto spawned = f.about("POST", "/v1/actors", kSpawn);
  CHECK(spawned.status == 201);
  CHECK(contains(spawned.body, R"("actorKind":"test.quiet")"));
  CHECK(contains(spawned.body, R"("node":")" + f.there.node().id() + '"'));
  REQUIRE(f.there.node().find("a"));
  CHECK_FALSE(f.here.node().find("a"));
  const auto document = f.about("GET", "/v1/actors/a");
  CHECK(document.status == 200);
  CHECK(contains(document.body, R"("state":"running")"));
  CHECK(contains(document.body, R"("passivation":{"type":)"));
  const auto asked = f.about("POST", "/v1/actors/a/ask",
                             R"({"type":"google.protobuf.StringValue","message":"hi"})");
  CHECK(asked.status == 200);
  CHECK(contains(asked.body, R"("message":"hi")"));
  CHECK(f.about("POST", "/v1/actors/a/messages", R"({"message":"hi"})").status == 202);
  CHECK(f.about("POST", "/v1/actors/a/restart").status == 200);
  CHECK(f.about("DELETE", "/v1/actors/a").status == 204);
  CHECK_FALSE(f.there.node().find("a"));
  const auto gone = f.about("GET", "/v1/actors/a");
  CHECK(gone.status == 404);
  CHECK(contains(gone.body, R"("code":"actor-not-found")"));
  CHECK(f.about("DELETE", "/v1/actors/a").status == 404);
  CHECK(f.about("DELETE", "/v1/actors/a", {}, "&ifExists=true").status == 204);
}

TEST_CASE("a name that is taken on another node is refused, unless its actor is as good") {
  Fixture f;
  f.there.spawn("a");
  const auto taken = f.about("POST", "/v1/actors", kSpawn);
  CHECK(taken.status == 409);
  CHECK(contains(taken.body, R"("code":"already-exists")"));
  const auto as_good =
      f.about("POST", "/v1/actors", R"({"name":"a","kind":"test.quiet","ifAbsent":true})");
  CHECK(as_good.status == 201);
  const auto unknown = f.about("POST", "/v1/actors", R"({"name":"b","kind":"ghost"})");
  CHECK(unknown.status == 422);
  CHECK(contains(unknown.body, R"("code":"kind-not-registered")"));
}

TEST_CASE("what is only tried changes nothing on another node") {
  Fixture f;
  f.there.spawn("a");
  for (const auto& [method, target, body] :
       {std::tuple{"POST", "/v1/actors", R"({"name":"b","kind":"test.quiet"})"},
        std::tuple{"DELETE", "/v1/actors/a", ""}, std::tuple{"POST", "/v1/actors/a/restart", ""},
        std::tuple{"POST", "/v1/actors/a/ask", R"({"message":"hi"})"}}) {
    CAPTURE(target);
    const auto plan = f.about(method, target, body, "&dryRun=true");
    CHECK(plan.status == 200);
    CHECK(contains(plan.body, R"("kind":"Plan")"));
  }
  const auto a = f.there.node().find("a");
  REQUIRE(a);
  CHECK(a->restart_count() == 0);
  CHECK(a->processed_count() == 0);
  CHECK_FALSE(f.there.node().find("b"));
}

TEST_CASE("actors of another node are listed page by page, parents before their children") {
  Fixture f;
  for (const char* name : {"a", "b", "c"}) f.there.spawn(name);
  node::SpawnRequest child;
  child.name = "child";
  child.kind = "test.quiet";
  child.parent = "b";
  REQUIRE(f.there.node().spawn(child));
  std::string names;
  std::string page;
  do {
    const auto list = f.about("GET", "/v1/actors", {}, "&limit=2" + page);
    REQUIRE(list.status == 200);
    for (std::size_t at = 0; (at = list.body.find(R"("name":")", at)) != std::string::npos;) {
      at += 8;
      names += list.body.substr(at, list.body.find('"', at) - at) + ' ';
    }
    const auto next = list.body.find(R"("next":")");
    page = next == std::string::npos
               ? std::string()
               : "&page=" + list.body.substr(next + 8, list.body.find('"', next + 8) - next - 8);
  } while (!page.empty());
  CHECK(names == "a b child c ");
  CHECK(contains(f.about("GET", "/v1/actors", {}, "&parent=b").body, R"("name":"child")"));
  CHECK(f.about("GET", "/v1/actors", {}, "&sort=name").status == 501);
  const auto tree = f.about("GET", "/v1/tree");
  CHECK(tree.status == 200);
  CHECK(contains(tree.body, R"("name":"child")"));
  CHECK(contains(f.about("GET", "/v1/tree", {}, "&root=b&depth=0").body, R"("childCount":1)"));
  CHECK(f.about("GET", "/v1/tree", {}, "&root=ghost").status == 404);
}

TEST_CASE("of another node only what its remoting tells can be asked") {
  Fixture f;
  for (const char* target : {"/v1/top", "/v1/events", "/v1/schedules", "/v1/kinds"}) {
    CAPTURE(target);
    const auto refused = f.about("GET", target);
    CHECK(refused.status == 501);
    CHECK(contains(refused.body, R"("code":"peer-unsupported")"));
  }
  CHECK(f.about("GET", "/v1/nonsense").status == 404);
  CHECK(f.about("DELETE", "/v1/actors/GoAktUserGuardian").status == 409);
}

TEST_CASE("the way to another node is measured, and its absence is said") {
  Fixture f;
  const std::string there = "/v1/nodes/" + f.there.node().id() + "/ping";
  const auto pinged = call(f.client, of("POST", there, R"({"count":3})"));
  CHECK(pinged.status == 200);
  CHECK(contains(pinged.body, "rttNanos"));
  REQUIRE(f.there.node().stop());
  const auto gone = call(f.client, of("POST", there));
  CHECK(gone.status == 502);
  CHECK(contains(gone.body, R"("code":"node-unreachable")"));
}

TEST_CASE("who may only look makes no node connect to others") {
  Fixture f;
  auto viewer = f.here.by_port();
  const auto refused = call(viewer, of("GET", "/v1/actors?node=" + f.there.node().id()));
  CHECK(refused.status == 403);
  CHECK(call(viewer, of("GET", "/v1/actors?node=" + f.here.node().id())).status == 200);
}

TEST_CASE("a node without remoting says so") {
  const Running alone;
  auto client = alone.by_socket();
  const auto refused = call(client, of("GET", "/v1/actors?node=127.0.0.1:9"));
  CHECK(refused.status == 501);
  CHECK(contains(refused.body, R"("code":"feature-disabled")"));
}
