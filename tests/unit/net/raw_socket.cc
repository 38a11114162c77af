#include "tests/unit/net/raw_socket.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace goakt::net {

namespace {

sockaddr_in address_of(const Endpoint& endpoint) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(endpoint.port());
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

int new_socket(int receive_buffer) {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (receive_buffer > 0)
    ::setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  return descriptor;
}

}  // namespace

RawSocket::RawSocket(const Endpoint& to, int receive_buffer)
    : descriptor_(new_socket(receive_buffer)) {
  const sockaddr_in address = address_of(to);
  REQUIRE(::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
}

RawSocket RawSocket::listening(int receive_buffer) {
  RawSocket socket(new_socket(receive_buffer));
  const sockaddr_in address = address_of(Endpoint::loopback());
  REQUIRE(::bind(socket.descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) ==
          0);
  REQUIRE(::listen(socket.descriptor_, 16) == 0);
  return socket;
}

RawSocket::~RawSocket() {
  close();
}

Endpoint RawSocket::endpoint() const {
  sockaddr_in address = {};
  socklen_t size = sizeof address;
  ::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address), &size);
  return Endpoint::loopback(ntohs(address.sin_port));
}

RawSocket RawSocket::accept() const {
  return RawSocket(::accept(descriptor_, nullptr, nullptr));
}

void RawSocket::write(std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

std::string RawSocket::read(std::size_t count) const {
  std::string all;
  char buffer[16 * 1024];
  while (all.size() < count) {
    const ssize_t got = ::recv(descriptor_, buffer, std::min(sizeof buffer, count - all.size()), 0);
    if (got <= 0) break;
    all.append(buffer, static_cast<std::size_t>(got));
  }
  return all;
}

void RawSocket::close() {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
}

void RawSocket::end_writing() {
  ::shutdown(descriptor_, SHUT_WR);
}

void RawSocket::reset() {
  const linger at_once = {1, 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close();
}

void RawSocket::shut_down() const {
  ::shutdown(descriptor_, SHUT_RDWR);
}

}  // namespace goakt::net
