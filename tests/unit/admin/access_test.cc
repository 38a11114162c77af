#include "goakt/admin/access.h"

#include "goakt/admin/settings_check.h"
#include "goakt/base/text.h"
#include "tests/unit/admin/running_node.h"

#include <fstream>

using namespace goakt;
using namespace goakt::admin;

namespace {

config::Settings settings_with(const config::Settings::Given& given) {
  return must(config::Settings::load(config::Sources{.flags = given, .check_files = false}));
}

Request at(Door door) {
  Request request;
  request.door = door;
  request.peer = "10.0.0.9";
  return request;
}

std::string line_of(const std::string& role, const std::string& name, const std::string& token) {
  return role + ":" + name + ":" + hex_encode(sha256(token)) + "\n";
}

http::Request bearer(http::Request request, const std::string& token) {
  return with_header(std::move(request), "Authorization", "Bearer " + token);
}

}  // namespace

TEST_CASE("the door decides what a caller without credentials may do") {
  const auto access = must(Access::open(settings_with({})));
  Request request = at(Door::socket);
  CHECK(access->identify(request));
  CHECK(request.role == Role::admin);
  request = at(Door::loopback);
  CHECK(access->identify(request));
  CHECK(request.role == Role::viewer);
  CHECK(request.caller == "loopback");
  request = at(Door::network);
  CHECK(access->identify(request));
  CHECK(request.role == Role::none);
}

TEST_CASE("a certificate gets the role of the first rule that fits its subject") {
  const auto access =
      must(Access::open(settings_with({{"admin.tls.cert", "node.pem"},
                                       {"admin.tls.key", "node.key"},
                                       {"admin.tls.client-ca", "ca.pem"},
                                       {"admin.tls.roles", "CN=ops-*:operator,CN=*:viewer"}})));
  Request request = at(Door::network);
  request.certificate = "CN=ops-7,O=x";
  CHECK(access->identify(request));
  CHECK(request.role == Role::operate);
  CHECK(request.caller == "cert:ops-7");
  request.certificate = "CN=alice";
  CHECK(access->identify(request));
  CHECK(request.role == Role::viewer);
  request.certificate = "O=nobody";
  CHECK(access->identify(request));
  CHECK(request.role == Role::none);
  CHECK(!Access::open(settings_with({{"admin.tls.roles", "CN=x"}})));
  CHECK(!Access::open(settings_with({{"admin.tls.roles", "CN=x:king"}})));
}

TEST_CASE("bad token files are refused with the line") {
  const ScratchFolder folder;
  const std::string file = folder / "tokens";
  CHECK(!Access::open(settings_with({{"admin.token-file", file}})));
  for (const char* bad : {"viewer:x:12", "king:x:00", "viewer", "viewer:x:zz", ":", "viewer::"}) {
    std::ofstream(file) << "# comment\n\n" << bad << "\n";
    const auto access = Access::open(settings_with({{"admin.token-file", file}}));
    REQUIRE_MESSAGE(!access, bad);
    CHECK(contains(access.error().message(), ":3 "));
  }
}

TEST_CASE("tokens raise the role, wrong ones learn nothing, and a reload reads them again") {
  const ScratchFolder folder;
  const std::string file = folder / "tokens";
  std::ofstream(file) << line_of("operator", "ci", "s3cret");
  Running running({{"admin.token-file", file}, {"admin.loopback-role", "none"}});
  auto port = running.by_port();
  CHECK(status_of(port, get("/livez")) == 200);
  const auto refused = call(port, get("/v1/actors"));
  CHECK(refused.status == 401);
  CHECK(refused.header("www-authenticate") == "Bearer");
  CHECK(status_of(port, get("/v1/no/such/thing")) == 401);
  CHECK(status_of(port, bearer(get("/v1/actors"), "wrong")) == 401);
  CHECK(status_of(port, bearer(get("/v1/no/such/thing"), "wrong")) == 401);
  CHECK(status_of(port, bearer(get("/livez"), "wrong")) == 200);
  CHECK(status_of(port, bearer(get("/v1/actors"), "s3cret")) == 200);
  const auto spawn = post("/v1/actors", R"({"name":"a","kind":"test.quiet"})");
  CHECK(status_of(port, bearer(spawn, "s3cret")) == 201);
  CHECK(status_of(port, bearer(get("/v1/debug/stacks"), "s3cret")) == 403);

  std::ofstream(file) << line_of("viewer", "new", "other");
  auto socket = running.by_socket();
  CHECK(status_of(socket, post("/v1/nodes/self/reload", "{}")) == 200);
  CHECK(status_of(port, bearer(get("/v1/actors"), "s3cret")) == 401);
  CHECK(status_of(port, bearer(get("/v1/actors"), "other")) == 200);
  std::ofstream(file) << "broken\n";
  CHECK(status_of(socket, post("/v1/nodes/self/reload", "{}")) == 422);
  CHECK(status_of(port, bearer(get("/v1/actors"), "other")) == 200);
}

TEST_CASE("who revokes the last token may reload, but not start, in the open") {
  const ScratchFolder folder;
  const std::string file = folder / "tokens";
  const config::Settings settings = settings_with({{"admin.listen", "0.0.0.0:0"},
                                                   {"admin.token-file", file},
                                                   {"admin.tls.cert", "/no/such.pem"},
                                                   {"admin.tls.key", "/no/such.key"}});
  std::ofstream(file) << line_of("operator", "ci", "s3cret");
  CHECK(check_settings(settings).empty());
  std::ofstream(file) << "# nobody\n";
  const auto findings = check_settings(settings);
  REQUIRE(findings.size() == 1);
  CHECK(contains(findings[0].text, "admin.token-file with a token"));
  CHECK(check_settings(settings, Occasion::reload).empty());
}

TEST_CASE("an address that others can reach needs TLS and credentials") {
  Running running;
  const auto open = Service::start(
      settings_with({{"admin.listen", "0.0.0.0:0"}, {"admin.socket", ""}}), running.node());
  REQUIRE(!open);
  CHECK(contains(open.error().message(), "admin.tls.cert"));
  const auto half = config::Settings::load(
      config::Sources{.flags = {{"admin.tls.cert", "x.pem"}}, .check_files = false});
  REQUIRE(!half);
  CHECK(contains(half.error().message(), "admin.tls.cert"));
  const auto missing = Service::start(settings_with({{"admin.listen", "127.0.0.1:0"},
                                                     {"admin.socket", ""},
                                                     {"admin.tls.cert", "/no/such.pem"},
                                                     {"admin.tls.key", "/no/such.key"}}),
                                      running.node());
  REQUIRE(!missing);
  CHECK(missing.error().is(ErrorCode::invalid_tls_configuration));
}
