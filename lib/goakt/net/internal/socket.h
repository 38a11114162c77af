#pragma once

#include "goakt/base/result.h"
#include "goakt/net/connection.h"
#include "goakt/net/endpoint.h"

#include <sys/socket.h>
#include <utility>

namespace goakt::net::internal {

// An open descriptor.
class Descriptor {
 public:
  Descriptor() = default;

  explicit Descriptor(int number) noexcept : number_(number) {}

  Descriptor(Descriptor&& other) noexcept : number_(other.release()) {}

  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }

  ~Descriptor();

  int get() const noexcept { return number_; }

  int release() noexcept { return std::exchange(number_, -1); }

 private:
  int number_ = -1;
};

// All are non-blocking and closed by exec. Errors: address_in_use, permission_denied, ...; the text
// names the endpoint.
Result<Descriptor> listening_socket(const Endpoint& at, bool reuse_port, int backlog);
Result<Descriptor> datagram_socket(const Endpoint& at, bool reuse_port);
// A connection that has begun; writable when it is decided.
Result<Descriptor> connecting_socket(const Endpoint& to);
// Invalid descriptor and errno: nobody waits.
Descriptor accept_from(int listener);
// What became of a connecting socket: 0 or an errno.
int pending_error(int descriptor);

void set_stream_options(int descriptor, const ConnectionOptions& options);
void set_buffers(int descriptor, int send, int receive);

Endpoint local_endpoint(int descriptor);
Endpoint remote_endpoint(int descriptor);
socklen_t to_socket_address(const Endpoint& endpoint, sockaddr_storage& out);
Endpoint from_socket_address(const sockaddr_storage& address);

Error system_error(int error, std::string_view doing, const Endpoint& endpoint);

}  // namespace goakt::net::internal
