#include "goakt/admin/http_server.h"

#include "tests/unit/admin/support.h"

#include <doctest/doctest.h>

#include <arpa/inet.h>
#include <atomic>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace goakt;
using namespace goakt::admin;
using namespace std::chrono_literals;

namespace {

Response echo(Request& request) {
  Response response;
  response.body = request.method + " " + request.path + " " + request.peer + " " +
                  std::string(role_name(request.role)) + " " + request.body;
  return response;
}

HttpServer serve(HttpServer::Handle handle = echo, HttpServer::Limits limits = {}) {
  HttpServer::Options options;
  options.role = Role::viewer;
  options.limits = limits;
  return HttpServer(must(Listener::tcp("127.0.0.1", 0)), std::move(options), std::move(handle));
}

// A client without manners.
class RawClient {
 public:
  explicit RawClient(const HttpServer& server) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(server.listener().port());
    ::inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    REQUIRE(::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  }

  ~RawClient() { ::close(socket_); }

  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  void send(std::string_view text) const {
    REQUIRE(::send(socket_, text.data(), text.size(), MSG_NOSIGNAL) ==
            static_cast<ssize_t>(text.size()));
  }

  // Until the text appears, the server closes, or ten seconds are over.
  std::string read_until(std::string_view wanted) const {
    std::string got;
    char buffer[4096];
    while (got.find(wanted) == std::string::npos) {
      pollfd entry{socket_, POLLIN, 0};
      if (::poll(&entry, 1, 10'000) <= 0) break;
      const auto count = ::recv(socket_, buffer, sizeof buffer, 0);
      if (count <= 0) break;
      got.append(buffer, static_cast<std::size_t>(count));
    }
    return got;
  }

  bool is_closed_by_server() const {
    char byte;
    pollfd entry{socket_, POLLIN, 0};
    return ::poll(&entry, 1, 10'000) > 0 && ::recv(socket_, &byte, 1, 0) <= 0;
  }

 private:
  int socket_;
};

}  // namespace

TEST_CASE("requests over TCP and over a unix socket carry the caller and its role") {
  HttpServer tcp = serve();
  auto client = client_of(tcp);
  auto response = client.send(get("/v1/x%2Fy?q=1"));
  REQUIRE(response);
  CHECK(response->body == "GET /v1/x%2Fy 127.0.0.1 viewer ");
  response = client.send(post("/v1/x", "{}"));  // the same connection again
  REQUIRE(response);
  CHECK(response->body == "POST /v1/x 127.0.0.1 viewer {}");
  CHECK(!response->header("x-request-id").empty());

  const ScratchFolder folder;
  HttpServer::Options all_rights;
  all_rights.role = Role::admin;
  HttpServer local(must(Listener::unix_socket(folder / "run/admin.sock")), all_rights, echo);
  auto by_socket = client_of(local);
  response = by_socket.send(get("/v1"));
  REQUIRE(response);
  CHECK(response->body == "GET /v1 uid=" + std::to_string(::geteuid()) + " admin ");
}

TEST_CASE("idle connections hold no thread and do not keep others waiting") {
  HttpServer server = serve();
  std::vector<http::Client> idle;
  for (int i = 0; i < 100; ++i) {
    idle.push_back(client_of(server));
    REQUIRE(idle.back().send(get("/")));
  }
  auto another = client_of(server);
  REQUIRE(another.send(get("/")));
  const auto deadline = std::chrono::steady_clock::now() + 20s;
  while (server.threads() != 0 && std::chrono::steady_clock::now() < deadline)
    std::this_thread::yield();
  CHECK(server.threads() == 0);
  REQUIRE(idle.front().send(get("/")));  // parked, not closed
}

TEST_CASE("a connection that stays idle too long is closed") {
  HttpServer::Limits limits;
  limits.idle = 1s;
  HttpServer server = serve(echo, limits);
  const RawClient silent(server);
  CHECK(silent.is_closed_by_server());
}

TEST_CASE("a pipelined second request is answered too, in order") {
  HttpServer server = serve();
  const RawClient client(server);
  client.send(
      "GET /a HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nGET /b HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
  const std::string got = client.read_until("GET /b");
  CHECK(got.find("GET /a") < got.find("GET /b"));
  CHECK(got.find("GET /b") != std::string::npos);
}

TEST_CASE("what is no HTTP, too large or of another media type is refused as a problem") {
  HttpServer::Limits limits;
  limits.body = 1000;
  HttpServer server = serve(echo, limits);
  {
    const RawClient client(server);
    client.send("BLAH\r\n\r\n");
    CHECK(client.read_until("invalid-argument").find("HTTP/1.1 400") == 0);
    CHECK(client.is_closed_by_server());
  }
  auto client = client_of(server);
  auto response = client.send(post("/", std::string(1001, ' ')));
  REQUIRE(response);
  CHECK(response->status == 413);
  CHECK(response->body.find("\"code\":\"body-too-large\"") != std::string::npos);
  response = client.send(post("/", "a=b", "text/plain"));
  REQUIRE(response);
  CHECK(response->status == 415);
  response = client.send(post("/", "{}"));
  REQUIRE(response);
  CHECK(response->status == 200);
}

TEST_CASE("a web page cannot drive the loopback port") {
  HttpServer server = serve();
  const RawClient named(server);
  named.send("GET / HTTP/1.1\r\nHost: evil.example:4258\r\n\r\n");
  CHECK(named.read_until("forbidden").find("HTTP/1.1 403") == 0);
  const RawClient page(server);
  page.send("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: http://evil.example\r\n\r\n");
  CHECK(page.read_until("forbidden").find("HTTP/1.1 403") == 0);
}

TEST_CASE("stopping waits for the running request and its answer arrives") {
  std::atomic<bool> inside{false};
  std::atomic<bool> go_on{false};
  HttpServer server = serve([&](Request& request) {
    inside = true;
    inside.notify_all();
    go_on.wait(false);
    return echo(request);
  });
  const RawClient client(server);
  client.send("GET /slow HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
  inside.wait(false);
  std::thread stopper([&] { server.stop(); });
  go_on = true;
  go_on.notify_all();
  CHECK(client.read_until("GET /slow").find("GET /slow") != std::string::npos);
  stopper.join();
}

TEST_CASE("a port or socket that is in use is refused, a left-over socket file is replaced") {
  const Listener first = must(Listener::tcp("127.0.0.1", 0));
  const auto second = Listener::tcp("127.0.0.1", first.port());
  REQUIRE(!second);
  CHECK(second.error().code() == ErrorCode::address_in_use);

  const ScratchFolder folder;
  const std::string path = folder / "admin.sock";
  {
    const Listener served = must(Listener::unix_socket(path));

    struct stat info {};

    REQUIRE(::stat(path.c_str(), &info) == 0);
    CHECK((info.st_mode & 0777) == 0660);
    const auto again = Listener::unix_socket(path);
    REQUIRE(!again);
    CHECK(again.error().code() == ErrorCode::address_in_use);
  }
  CHECK(::access(path.c_str(), F_OK) != 0);  // its file goes with the listener

  const int left_over = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  REQUIRE(::bind(left_over, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  ::close(left_over);
  CHECK(Listener::unix_socket(path));
  CHECK(!Listener::unix_socket("relative.sock"));
  CHECK(!Listener::unix_socket("/" + std::string(200, 'x')));
  CHECK(!Listener::tcp("example.org", 1));
}
