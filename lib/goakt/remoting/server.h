#pragma once

#include "goakt/base/export.h"
#include "goakt/base/log.h"
#include "goakt/base/result.h"
#include "goakt/net/compression/compression.h"
#include "goakt/net/endpoint.h"
#include "goakt/net/listener.h"
#include "goakt/net/loop.h"
#include "goakt/net/tls.h"
#include "goakt/remoting/service.h"

#include <chrono>
#include <cstddef>
#include <memory>

namespace goakt::remoting {

// GoAkt's defaults where it has them.
struct ServerOptions {
  net::Endpoint endpoint = net::Endpoint::loopback();  // port 0: the kernel chooses
  Duration idle_timeout = std::chrono::seconds(1200);  // zero: never
  // Of a peer that takes not one byte of its answers. GoAkt waits as long as for requests.
  Duration write_timeout = std::chrono::seconds(1200);
  std::size_t max_connections = 65'536;
  net::Compression compression = net::Compression::none;
  std::shared_ptr<net::TlsContext> tls = nullptr;  // none: in clear
  Logger logger = {};
};

// Accepts other nodes' connections for a service. The loops stop before the service goes.
class GOAKT_API Server {
 public:
  // Takes the port, which a node's actors have in their addresses before there is a service; until
  // serve() connections are closed as they come. Errors: those of net::Listener.
  [[nodiscard]] static Result<Server> open(net::Loops& loops, const ServerOptions& options);
  // Both at once.
  [[nodiscard]] static Result<Server> open(net::Loops& loops, std::shared_ptr<Service> service,
                                           const ServerOptions& options);

  void serve(std::shared_ptr<Service> service);

  // With the port that it really has.
  const net::Endpoint& local() const noexcept { return listener_.local(); }

  std::size_t connections() const noexcept { return listener_.connections(); }

  // Accepts no more; requests that still come are refused, connections stay until their loops stop.
  void close();

 private:
  struct Door;

  Server(std::shared_ptr<Door> door, net::Listener listener);

  std::shared_ptr<Door> door_;
  net::Listener listener_;
};

}  // namespace goakt::remoting
