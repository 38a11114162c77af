#include "goakt/admin/service.h"

#include "tests/unit/admin/running_node.h"

#include <doctest/doctest.h>

#include <memory>
#include <string>

using namespace goakt;
using namespace goakt::admin;

namespace {

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what))
    text.replace(at, what.size(), with);
  return text;
}

}  // namespace

TEST_CASE("the port may look, the socket may do everything") {
  Running running;
  auto port = running.by_port();
  auto socket = running.by_socket();
  const auto spawn = post("/v1/actors", R"({"name":"a","kind":"test.quiet"})");
  CHECK(status_of(port, spawn) == 403);
  CHECK(status_of(socket, spawn) == 201);
  CHECK(status_of(socket, spawn) == 409);
  CHECK(status_of(port, get("/v1/actors/a")) == 200);
  http::Request stop = get("/v1/actors/a");
  stop.method = "DELETE";
  CHECK(status_of(port, stop) == 403);
  CHECK(status_of(socket, stop) == 204);
  CHECK(status_of(port, get("/v1/actors/a")) == 404);
  CHECK(status_of(port, get("/livez")) == 200);
}

TEST_CASE("no route fails in itself, whatever method, body and cursor it gets") {
  Running running;
  auto client = running.by_socket();
  for (const auto& route : running.service().router().list()) {
    const std::string path =
        replaced(replaced(route.path, "{name}", "no%2Fbody"), "{kind}", "none");
    for (const char* query :
         {"?page=%00&limit=-1&depth=x", "?page=a&root=%ff&type=&limit=1&windowMs=10"}) {
      for (const char* method : {"GET", "POST", "PUT", "PATCH", "DELETE"}) {
        for (const char* body : {"", "{\"name\":{},\"kind\":[]}", "[\"\xff"}) {
          http::Request request;
          request.method = method;
          request.target = path + query;
          if (*body) request.body = body;
          if (*body) request.content_type = "application/json";
          const int status = status_of(client, request);
          INFO(method << " " << path << query << " " << body);
          CHECK(status >= 200);
          CHECK((status < 500 || status == 501));
        }
      }
    }
  }
}

TEST_CASE("pages cover every actor once and end") {
  Running running;
  for (int i = 0; i < 250; ++i) {
    node::SpawnRequest spawn;
    spawn.name = "actor-" + std::to_string(i);
    spawn.kind = "test.quiet";
    REQUIRE(running.node().spawn(spawn));
  }
  auto client = running.by_port();
  std::size_t names = 0;
  std::string next;
  int pages = 0;
  do {
    const auto response = client.send(get("/v1/actors?limit=60&page=" + next));
    REQUIRE(response);
    REQUIRE(response->status == 200);
    for (auto at = response->body.find("\"name\":"); at != std::string::npos;
         at = response->body.find("\"name\":", at + 1))
      ++names;
    const auto mark = response->body.find("\"next\":\"");
    next = mark == std::string::npos
               ? std::string()
               : response->body.substr(mark + 8, response->body.find('"', mark + 8) - mark - 8);
    REQUIRE(++pages < 20);
  } while (!next.empty());
  CHECK(names == 250);
}

TEST_CASE("too many lines at once are refused as a whole") {
  Running running;
  auto client = running.by_socket();
  std::string lines;
  for (int i = 0; i < 10'001; ++i) lines += "{}\n";
  CHECK(status_of(client, post("/v1/messages", lines, "application/x-ndjson")) == 413);
}

TEST_CASE("a second service on the same configured socket is refused") {
  Running running;
  const auto second = Service::start(running.settings(), running.node());
  REQUIRE(!second);
  CHECK(second.error().is(ErrorCode::address_in_use));
  CHECK(second.error().message().find("admin.socket") != std::string::npos);
}
