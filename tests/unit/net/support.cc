#include "tests/unit/net/support.h"

#include <netinet/in.h>
#include <random>
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

}  // namespace

RawSocket::RawSocket(const Endpoint& to) : descriptor_(::socket(AF_INET, SOCK_STREAM, 0)) {
  const sockaddr_in address = address_of(to);
  REQUIRE(::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
}

RawSocket RawSocket::listening() {
  RawSocket socket(::socket(AF_INET, SOCK_STREAM, 0));
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

std::string noise(std::size_t size, unsigned seed) {
  std::mt19937_64 random(seed);
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random() >> 56);
  return bytes;
}

}  // namespace goakt::net
