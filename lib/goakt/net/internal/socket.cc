#include "goakt/net/internal/socket.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>

namespace goakt::net::internal {

namespace {

void set_option(int descriptor, int level, int option, int value) {
  ::setsockopt(descriptor, level, option, &value, sizeof value);
}

Result<Descriptor> open_socket(const Endpoint& endpoint, int type) {
  Descriptor descriptor(
      ::socket(endpoint.is_v6() ? AF_INET6 : AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (descriptor.get() < 0) return unexpected(system_error(errno, "socket for", endpoint));
  return descriptor;
}

Result<Descriptor> bound_socket(const Endpoint& at, int type, bool reuse_port) {
  GOAKT_TRY(Descriptor descriptor, open_socket(at, type));
  if (type == SOCK_STREAM) set_option(descriptor.get(), SOL_SOCKET, SO_REUSEADDR, 1);
  if (reuse_port) set_option(descriptor.get(), SOL_SOCKET, SO_REUSEPORT, 1);
  if (at.is_v6()) set_option(descriptor.get(), IPPROTO_IPV6, IPV6_V6ONLY, 1);
  sockaddr_storage address;
  const socklen_t size = to_socket_address(at, address);
  if (::bind(descriptor.get(), reinterpret_cast<const sockaddr*>(&address), size) != 0)
    return unexpected(system_error(errno, "bind", at));
  return descriptor;
}

using NameCall = int (*)(int, sockaddr*, socklen_t*);

Endpoint name_of(int descriptor, NameCall call) {
  sockaddr_storage address = {};
  socklen_t size = sizeof address;
  call(descriptor, reinterpret_cast<sockaddr*>(&address), &size);
  return from_socket_address(address);
}

}  // namespace

Descriptor::~Descriptor() {
  if (number_ >= 0) ::close(number_);
}

Result<Descriptor> listening_socket(const Endpoint& at, bool reuse_port, int backlog) {
  GOAKT_TRY(Descriptor descriptor, bound_socket(at, SOCK_STREAM, reuse_port));
  if (::listen(descriptor.get(), backlog) != 0)
    return unexpected(system_error(errno, "listen on", at));
  return descriptor;
}

Result<Descriptor> datagram_socket(const Endpoint& at, bool reuse_port) {
  return bound_socket(at, SOCK_DGRAM, reuse_port);
}

Result<Descriptor> connecting_socket(const Endpoint& to) {
  GOAKT_TRY(Descriptor descriptor, open_socket(to, SOCK_STREAM));
  sockaddr_storage address;
  const socklen_t size = to_socket_address(to, address);
  if (::connect(descriptor.get(), reinterpret_cast<const sockaddr*>(&address), size) != 0 &&
      errno != EINPROGRESS)
    return unexpected(system_error(errno, "connect to", to));
  return descriptor;
}

Descriptor accept_from(int listener) {
  return Descriptor(::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
}

int pending_error(int descriptor) {
  int error = 0;
  socklen_t size = sizeof error;
  if (::getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size) != 0) return errno;
  return error;
}

void set_stream_options(int descriptor, const ConnectionOptions& options) {
  set_option(descriptor, IPPROTO_TCP, TCP_NODELAY, 1);
  set_buffers(descriptor, options.send_buffer, options.receive_buffer);
  if (options.keep_alive <= Duration::zero()) return;
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(options.keep_alive).count();
  const int interval =
      static_cast<int>(std::min<std::int64_t>(seconds, 32767));  // the kernel's limit
  set_option(descriptor, SOL_SOCKET, SO_KEEPALIVE, 1);
  set_option(descriptor, IPPROTO_TCP, TCP_KEEPIDLE, interval);
  set_option(descriptor, IPPROTO_TCP, TCP_KEEPINTVL, interval);
}

void set_buffers(int descriptor, int send, int receive) {
  if (send > 0) set_option(descriptor, SOL_SOCKET, SO_SNDBUF, send);
  if (receive > 0) set_option(descriptor, SOL_SOCKET, SO_RCVBUF, receive);
}

Endpoint local_endpoint(int descriptor) {
  return name_of(descriptor, ::getsockname);
}

Endpoint remote_endpoint(int descriptor) {
  return name_of(descriptor, ::getpeername);
}

socklen_t to_socket_address(const Endpoint& endpoint, sockaddr_storage& out) {
  std::memset(&out, 0, sizeof out);
  if (endpoint.is_v6()) {
    auto& v6 = reinterpret_cast<sockaddr_in6&>(out);
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(endpoint.port());
    v6.sin6_scope_id = endpoint.scope();
    std::memcpy(&v6.sin6_addr, endpoint.bytes().data(), 16);
    return sizeof v6;
  }
  auto& v4 = reinterpret_cast<sockaddr_in&>(out);
  v4.sin_family = AF_INET;
  v4.sin_port = htons(endpoint.port());
  std::memcpy(&v4.sin_addr, endpoint.bytes().data(), 4);
  return sizeof v4;
}

Endpoint from_socket_address(const sockaddr_storage& address) {
  if (address.ss_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
    std::array<std::uint8_t, 16> ip;
    std::memcpy(ip.data(), &v6.sin6_addr, ip.size());
    return Endpoint::v6(ip, ntohs(v6.sin6_port), v6.sin6_scope_id);
  }
  const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
  std::array<std::uint8_t, 4> ip;
  std::memcpy(ip.data(), &v4.sin_addr, ip.size());
  return Endpoint::v4(ip, ntohs(v4.sin_port));
}

Error system_error(int error, std::string_view doing, const Endpoint& endpoint) {
  const ErrorCode code = error == EADDRINUSE                  ? ErrorCode::address_in_use
                         : error == EACCES || error == EPERM  ? ErrorCode::permission_denied
                         : error == EADDRNOTAVAIL             ? ErrorCode::invalid_argument
                         : error == EMFILE || error == ENFILE ? ErrorCode::internal
                                                              : ErrorCode::unreachable;
  return Error(code, std::string(doing) + " " + endpoint.to_string() + ": " + std::strerror(error));
}

}  // namespace goakt::net::internal
