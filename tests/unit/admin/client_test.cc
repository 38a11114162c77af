#include "goakt/admin/client/client.h"

#include "tests/unit/admin/support.h"

#include <doctest/doctest.h>

#include <atomic>

using namespace goakt;
using namespace goakt::admin;

namespace {

Client::Options quick() {
  Client::Options options;
  options.retries = 1;
  return options;
}

Endpoints endpoints(std::initializer_list<std::string> urls) {
  return must(parse_endpoints(urls));
}

std::string closed_port() {
  return must(Listener::tcp("127.0.0.1", 0)).url();
}

}  // namespace

TEST_CASE("endpoints are unix paths or http addresses with a port") {
  const auto unix_one = http::Address::parse("unix:///run/goaktd/admin.sock");
  REQUIRE(unix_one);
  CHECK(unix_one->unix_path == "/run/goaktd/admin.sock");
  const auto v6 = http::Address::parse("http://[fd09::1]:80/");
  REQUIRE(v6);
  CHECK(v6->host == "fd09::1");
  CHECK(v6->port == 80);
  CHECK(v6->to_string() == "http://[fd09::1]:80");
  for (const char* bad :
       {"", "unix://relative", "http://host", "http://:80", "http://h:0", "http://h:99999",
        "http://h:8x", "ftp://h:1", "http://a b:1", "http://u@h:1", "http://::1:80"})
    CHECK_MESSAGE(!http::Address::parse(bad), bad);

  CHECK(endpoints({"http://a:1,http://b:2", "unix:///s"}).addresses.size() == 3);
  CHECK(!parse_endpoints({","}));
}

TEST_CASE("the default list ends with the loopback port and names only sockets that exist") {
  const Endpoints list = default_endpoints();
  REQUIRE(!list.addresses.empty());
  CHECK(list.addresses.back().to_string() == "http://127.0.0.1:4258");
}

TEST_CASE("a dead endpoint is passed over and the one that answers is kept") {
  std::atomic<int> calls{0};
  HttpServer server(must(Listener::tcp("127.0.0.1", 0)), {}, [&](Request& request) {
    ++calls;
    Response response;
    response.body = request.request_id + request.body;
    return response;
  });
  Client client(endpoints({closed_port(), server.listener().url()}), quick());
  auto first = client.get("/v1");
  REQUIRE(first);
  CHECK(first->body.size() == 26);  // a ULID made by the client
  CHECK(client.post("/v1", "{}"));
  CHECK(calls == 2);
}

TEST_CASE("nobody at any endpoint is exit 6, with what to do") {
  Client client(endpoints({closed_port()}), quick());
  const auto result = client.get("/v1");
  REQUIRE(!result);
  CHECK(result.error().exit == 6);
  CHECK(result.error().hint.find("goaktd") != std::string::npos);
  CHECK(result.error().document.find("\"requestId\"") != std::string::npos);
}

TEST_CASE("a server's problem keeps code, detail and exit code; a foreign page is quoted") {
  HttpServer server(must(Listener::tcp("127.0.0.1", 0)), {}, [](Request& request) {
    if (request.path == "/page") return Response{404, "<html>", "text/html", {}, {}};
    return Refusal(Problem::already_exists, "taken").to_response(request);
  });
  Client client(endpoints({server.listener().url()}), quick());
  auto result = client.post("/v1/actors", "{}");
  REQUIRE(!result);
  CHECK(result.error().code == "already-exists");
  CHECK(result.error().detail == "taken");
  CHECK(result.error().exit == 4);
  result = client.get("/page");
  REQUIRE(!result);
  CHECK(result.error().exit == 3);
  CHECK(result.error().detail.find("<html>") != std::string::npos);
}

TEST_CASE("reads, and writes with their key, are repeated after 503") {
  std::atomic<int> calls{0};
  HttpServer server(must(Listener::tcp("127.0.0.1", 0)), {}, [&](Request& request) {
    ++calls;
    return Refusal(Problem::starting, "soon").to_response(request);
  });
  Client client(endpoints({server.listener().url()}), quick());
  CHECK(client.get("/v1").error().exit == 6);
  CHECK(calls == 2);
  CHECK(client.post("/v1", "{}").error().exit == 6);
  CHECK(calls == 4);
}

TEST_CASE(
    "of three endpoints, one dead and one that is starting, reads get the third one's answer") {
  std::atomic<int> refused{0};
  HttpServer starting(must(Listener::tcp("127.0.0.1", 0)), {}, [&](Request& request) {
    ++refused;
    return Refusal(Problem::starting, "soon").to_response(request);
  });
  HttpServer server(must(Listener::tcp("127.0.0.1", 0)), {}, [](Request&) {
    Response response;
    response.body = "here";
    return response;
  });
  std::vector<std::string> pauses;
  Client::Options options;
  options.trace_level = 1;
  options.trace = [&](std::string_view line) {
    if (line.starts_with("pause")) pauses.emplace_back(line);
  };
  Client client(endpoints({closed_port(), starting.listener().url(), server.listener().url()}),
                options);
  for (int i = 0; i < 3; ++i) {
    const auto answer = client.get("/v1");
    REQUIRE(answer);
    CHECK(answer->body == "here");
  }
  // Within one round, so without any pause; and whoever answered is asked first from then on.
  CHECK(pauses.empty());
  CHECK(refused == 1);

  // Nobody better: it pauses before each further round.
  Client poor(endpoints({closed_port(), starting.listener().url()}), options);
  CHECK(poor.get("/v1").error().exit == 6);
  CHECK(pauses.size() == 2);
  CHECK(refused == 4);
}

TEST_CASE("an answer that does not come in time is exit 7") {
  std::atomic<bool> go_on{false};
  HttpServer server(must(Listener::tcp("127.0.0.1", 0)), {}, [&](Request&) {
    go_on.wait(false);
    return Response{};
  });
  Client::Options options;
  options.timeout = std::chrono::milliseconds(50);
  options.retries = 0;
  Client client(endpoints({server.listener().url()}), options);
  CHECK(client.get("/v1").error().exit == 7);
  // A stream may be silent, but not before it has begun.
  CHECK(client.stream({"GET", "/v1", {}, {}, {}}, [](std::string_view) { return true; })
            .error()
            .exit == 7);
  go_on = true;
  go_on.notify_all();
}
