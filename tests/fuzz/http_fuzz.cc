// Whatever bytes a client sends to the admin server: it answers with HTTP or closes, and the next
// client is served as if nothing had happened.

#include "goakt/admin/http_server.h"
#include "goakt/admin/router.h"

#include <arpa/inet.h>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <netinet/in.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>

namespace {

// Says what it saw: a finding that needs two connections in a certain order rarely comes twice.
void require(bool holds, std::string_view saw) {
  if (holds) return;
  std::fprintf(stderr, "not as it should be (errno %d): %.*s\n", errno,
               static_cast<int>(saw.size()), saw.data());
  std::abort();
}

struct Target {
  Target()
      : server(*goakt::admin::Listener::tcp("127.0.0.1", 0), options(), [](auto& request) {
          goakt::admin::Response response;
          response.body = request.path;
          return response;
        }) {}

  static goakt::admin::HttpServer::Options options() {
    goakt::admin::HttpServer::Options options;
    options.limits.body = 4096;
    return options;
  }

  goakt::admin::HttpServer server;
};

// Sends all of it, says that nothing more comes, and reads to the end.
std::string exchange(std::uint16_t port, std::string_view bytes) {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  // The fuzzer's alarm clock interrupts; the connection is made all the same.
  require(::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 ||
              errno == EINTR,
          "no connection");
  while (!bytes.empty()) {
    const auto sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) break;  // the server has had enough
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  ::shutdown(socket, SHUT_WR);
  std::string answer;
  char buffer[4096];
  for (;;) {
    const auto got = ::recv(socket, buffer, sizeof buffer, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    answer.append(buffer, static_cast<std::size_t>(got));
  }
  ::close(socket);
  return answer;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Target target;
  const std::uint16_t port = target.server.listener().port();
  const std::string answer =
      exchange(port, std::string_view(reinterpret_cast<const char*>(data), size));
  require(answer.empty() || answer.starts_with("HTTP/1."), answer);
  // Elsewhere it may be what the client wrote.
  require(!answer.starts_with("HTTP/1.1 500"), answer);
  const std::string next = exchange(port, "GET /alive HTTP/1.1\r\nConnection: close\r\n\r\n");
  require(next.find("/alive") != std::string::npos, next);
  return 0;
}
