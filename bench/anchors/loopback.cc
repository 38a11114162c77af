#include "bench/anchors/loopback.h"

#include <arpa/inet.h>
#include <cstdio>
#include <cstdlib>
#include <initializer_list>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace goakt::bench {

namespace {

template <class Number>
Number checked(Number result) {
  if (result >= 0) return result;
  std::perror("goakt_bench: sockets on 127.0.0.1");
  std::exit(1);
}

}  // namespace

Ends::Ends() {
  const int listening = checked(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  checked(::bind(listening, any, size));
  checked(::listen(listening, 1));
  checked(::getsockname(listening, any, &size));
  near = checked(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  checked(::connect(near, any, size));
  far = checked(::accept(listening, nullptr, nullptr));
  ::close(listening);
  const int on = 1;
  for (const int end : {near, far}) ::setsockopt(end, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

Ends::~Ends() {
  ::close(near);
  ::close(far);
}

void write_all(int socket, const char* data, std::size_t size) {
  while (size > 0) {
    const auto sent = static_cast<std::size_t>(checked(::send(socket, data, size, MSG_NOSIGNAL)));
    data += sent;
    size -= sent;
  }
}

}  // namespace goakt::bench
