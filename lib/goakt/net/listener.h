#pragma once

#include "goakt/base/export.h"
#include "goakt/base/result.h"
#include "goakt/net/connection.h"
#include "goakt/net/endpoint.h"
#include "goakt/net/loop.h"
#include "goakt/net/tls.h"

#include <cstddef>
#include <functional>
#include <memory>

namespace goakt::net {

namespace internal {
class ListenerCore;
}

struct ListenOptions {
  Endpoint endpoint = Endpoint::loopback();  // port 0: the kernel chooses
  bool reuse_port = false;
  int backlog = 1024;
  // Open at one time, handshakes included. Beyond it callers wait in the kernel's backlog.
  std::size_t max_connections = 65536;
  std::shared_ptr<TlsContext> tls = nullptr;  // none: in clear
  ConnectionOptions connection = {};
};

// Accepts connections and deals them out to loops.
//
// When descriptors or memory run out it tries again with growing pauses (5 ms to 1 s); nothing but
// close() and the end of its loop ends it. A handle; any thread may destroy or close it.
class GOAKT_API Listener {
 public:
  // A connection ready to be started, on the loop that it will live on. Several loops call at once.
  using Accept = std::function<void(Connection connection, Loop& loop)>;
  // Failed handshakes and the first failure of a series to accept; any loop's thread.
  using Failure = std::function<void(const Error& error)>;

  // `loops` outlives the listener; accepting is done by the first. Errors: address_in_use, ...
  [[nodiscard]] static Result<Listener> open(Loops& loops, const ListenOptions& options,
                                             Accept accept, Failure failure = {});

  Listener(Listener&&) noexcept;
  Listener& operator=(Listener&&) noexcept;
  ~Listener();

  // With the port that it really has. While the listener is open or closed.
  const Endpoint& local() const noexcept;
  // Accepted and not yet closed. Any thread.
  std::size_t connections() const noexcept;
  // Frees the port, soon after; connections stay as they are.
  void close();

 private:
  explicit Listener(std::shared_ptr<internal::ListenerCore> core);

  std::shared_ptr<internal::ListenerCore> core_;
};

}  // namespace goakt::net
