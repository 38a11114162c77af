#include "goakt/remoting/server.h"

#include "goakt/remoting/internal/socket_line.h"
#include "goakt/wire/frame.h"

#include <mutex>
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
  listen.connection.write_timeout = options.write_timeout;
  // What a refused peer has sent beyond its mistake must not reset the answers before it.
  listen.connection.linger = std::chrono::seconds(1);
  return listen;
}

}  // namespace

// Who is behind the port: nobody at first.
struct Server::Door {
  std::shared_ptr<Service> service() {
    std::lock_guard lock(mutex);
    return behind;
  }

  std::mutex mutex;  // guards the one below
  std::shared_ptr<Service> behind;
};

Result<Server> Server::open(net::Loops& loops, const ServerOptions& options) {
  auto door = std::make_shared<Door>();
  const auto accept = [door](net::Connection connection, net::Loop&) {
    const auto service = door->service();
    if (!service) return;
    auto line = socket_line(std::move(connection));
    Line& started = *line;
    started.start(service->open(std::move(line)));
  };
  const auto failure = [logger = options.logger](const Error& error) {
    logger.warn("a remoting connection could not be accepted", {{"reason", error.message()}});
  };
  GOAKT_TRY(auto listener, net::Listener::open(loops, listen_options(options), accept, failure));
  return Server(std::move(door), std::move(listener));
}

Result<Server> Server::open(net::Loops& loops, std::shared_ptr<Service> service,
                            const ServerOptions& options) {
  GOAKT_TRY(Server server, open(loops, options));
  server.serve(std::move(service));
  return server;
}

Server::Server(std::shared_ptr<Door> door, net::Listener listener)
    : door_(std::move(door)), listener_(std::move(listener)) {}

void Server::serve(std::shared_ptr<Service> service) {
  std::lock_guard lock(door_->mutex);
  door_->behind = std::move(service);
}

void Server::close() {
  if (const auto service = door_->service()) service->close();
  listener_.close();
}

}  // namespace goakt::remoting
