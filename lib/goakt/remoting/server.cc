#include "goakt/remoting/server.h"

#include "goakt/remoting/internal/socket_line.h"
#include "goakt/wire/frame.h"

#include <utility>

namespace goakt::remoting {

namespace {

net::ListenOptions listen_options(const ServerOptions& options) {
  net::ListenOptions listen;
  listen.endpoint = options.endpoint;
  listen.max_connections = options.max_connections;
  listen.tls = options.tls;
  listen.connection.compression = options.compression;
  listen.connection.read_limit = wire::kLargestMaxFrameSize;
  listen.connection.idle_timeout = options.idle_timeout;
  listen.connection.write_timeout = options.idle_timeout;
  // What a refused peer has sent beyond its mistake must not reset the answers before it.
  listen.connection.linger = std::chrono::seconds(1);
  return listen;
}

}  // namespace

Result<Server> Server::open(net::Loops& loops, std::shared_ptr<Service> service,
                            const ServerOptions& options) {
  const auto accept = [service](net::Connection connection, net::Loop&) {
    auto line = socket_line(std::move(connection));
    Line& started = *line;
    started.start(service->open(std::move(line)));
  };
  const auto failure = [logger = options.logger](const Error& error) {
    logger.warn("a remoting connection could not be accepted", {{"reason", error.message()}});
  };
  GOAKT_TRY(auto listener, net::Listener::open(loops, listen_options(options), accept, failure));
  return Server(std::move(service), std::move(listener));
}

Server::Server(std::shared_ptr<Service> service, net::Listener listener)
    : service_(std::move(service)), listener_(std::move(listener)) {}

void Server::close() {
  service_->close();
  listener_.close();
}

}  // namespace goakt::remoting
