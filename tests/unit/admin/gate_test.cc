#include "goakt/admin/gate.h"

#include "goakt/admin/projection.h"
#include "tests/unit/admin/running_node.h"

#include <fstream>
#include <sstream>

using namespace goakt;
using namespace goakt::admin;
using namespace std::chrono_literals;

TEST_CASE("a caller has a burst of twice the rate, and writes have a share of their own") {
  FakeClock clock;
  RateLimit limit(50, 20, clock);
  int writes = 0;
  while (limit.take("a", true).count() == 0) ++writes;
  CHECK(writes == 40);
  int reads = 0;
  while (limit.take("a", false).count() == 0) ++reads;
  CHECK(reads == 60);
  CHECK(limit.take("b", true).count() == 0);
  CHECK(limit.take("a", false) <= 20ms);
  clock.advance(1s);
  reads = 0;
  while (limit.take("a", false).count() == 0) ++reads;
  CHECK(reads == 50);
  RateLimit none(0, 0, clock);
  for (int i = 0; i < 1000; ++i) REQUIRE(none.take("a", true).count() == 0);
}

TEST_CASE("over TCP too many requests get 429 and a time to wait, over the socket they do not") {
  Running running({{"admin.rate", "2"}});
  auto port = running.by_port();
  http::Response last;
  for (int i = 0; i < 10 && last.status != 429; ++i) last = call(port, get("/v1/version"));
  CHECK(last.status == 429);
  CHECK(!last.header("retry-after").empty());
  CHECK(contains(last.body, "\"code\":\"rate-limited\""));
  auto socket = running.by_socket();
  for (int i = 0; i < 20; ++i) CHECK(status_of(socket, get("/v1/version")) == 200);
}

TEST_CASE("a repeated key gets the first answer again, another body under it is refused") {
  Running running;
  auto client = running.by_socket();
  const auto spawn = with_header(post("/v1/actors", R"({"name":"a","kind":"test.quiet"})"),
                                 "Idempotency-Key", "k-1");
  const auto first = call(client, spawn);
  CHECK(first.status == 201);
  const auto again = call(client, spawn);
  CHECK(again.status == 201);
  CHECK(again.body == first.body);
  CHECK(again.header("idempotency-replayed") == "true");
  const auto other = with_header(post("/v1/actors", R"({"name":"b","kind":"test.quiet"})"),
                                 "Idempotency-Key", "k-1");
  CHECK(contains(call(client, other).body, "idempotency-mismatch"));
  CHECK(status_of(client, with_header(spawn, "X-Other", "y")) == 201);
  CHECK(status_of(client, with_header(post("/v1/actors", "{}"), "Idempotency-Key",
                                      std::string(129, 'x'))) == 400);
}

TEST_CASE("kept answers end after ten minutes, and those that may change are not kept") {
  FakeClock clock;
  IdempotencyStore store(clock);
  Request request;
  request.headers["idempotency-key"] = "k";
  int runs = 0;
  const auto run = [&] {
    ++runs;
    return Response{};
  };
  store.answer(request, run);
  store.answer(request, run);
  CHECK(runs == 1);
  clock.advance(10min + 1s);
  store.answer(request, run);
  CHECK(runs == 2);
  request.headers["idempotency-key"] = "k2";
  const auto fails = [&] {
    ++runs;
    Response response;
    response.status = 503;
    return response;
  };
  store.answer(request, fails);
  store.answer(request, fails);
  CHECK(runs == 4);
  // While the first one runs, the second is told to come back.
  request.headers["idempotency-key"] = "k3";
  int status = 0;
  store.answer(request, [&] {
    status = store.answer(request, run).status;
    return Response{};
  });
  CHECK(status == 409);
}

TEST_CASE("writes and refused requests leave a line in the audit file, without bodies") {
  const ScratchFolder folder;
  const std::string file = folder / "audit.log";
  {
    Running running({{"admin.audit-file", file}});
    auto client = running.by_socket();
    auto port = running.by_port();
    CHECK(status_of(client, get("/v1/actors")) == 200);
    CHECK(status_of(client, with_header(post("/v1/actors", R"({"name":"sesame"})"), "X-Request-Id",
                                        "r-1")) == 400);
    CHECK(status_of(port, get("/v1/debug/stacks")) == 403);
  }
  std::stringstream text;
  text << std::ifstream(file).rdbuf();
  const std::string lines = text.str();
  CHECK(std::count(lines.begin(), lines.end(), '\n') == 2);
  for (const char* part : {"\"requestId\":\"r-1\"", "\"caller\":\"socket\"", "\"role\":\"admin\"",
                           "\"method\":\"POST\"", "\"status\":400", "\"bodySha256\":\"",
                           "\"caller\":\"loopback\"", "\"status\":403", "\"logger\":\"audit\""})
    CHECK_MESSAGE(contains(lines, part), part << " in " << lines);
  CHECK(!contains(lines, "sesame"));
}

TEST_CASE("only the fields that a caller names are sent") {
  CHECK(project(R"({"a":1,"b":{"c":2,"d":3},"e":4})", "b.c,e,none,a.x") ==
        "{\"b\":{\"c\":2},\"e\":4}\n");
  CHECK(project(R"({"items":[{"a":1,"b":2},{"b":3}],"next":"n"})", "a") ==
        "{\"items\":[{\"a\":1},{}],\"next\":\"n\"}\n");
  CHECK(project("[]", "a") == "[]");
  Running running;
  running.spawn("x");
  auto client = running.by_port();
  CHECK(call(client, get("/v1/actors?fields=name"))
            .body.starts_with("{\"items\":[{\"name\":\"x\"}]"));
}

TEST_CASE("a query about another node or about the registry is refused, not answered by this one") {
  Running running;
  auto client = running.by_port();
  CHECK(status_of(client, get("/v1/actors?node=self")) == 200);
  CHECK(status_of(client, get("/v1/actors?node=elsewhere")) == 404);
  CHECK(status_of(client, get("/v1/actors?consistency=live")) == 200);
  CHECK(status_of(client, get("/v1/actors?consistency=registry")) == 501);
  CHECK(status_of(client, get("/v1/actors?consistency=x")) == 400);
  CHECK(status_of(client, get("/v1/cluster")) == 501);
}
