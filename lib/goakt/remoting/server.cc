#include "goakt/remoting/server.h"

#include "goakt/wire/frame.h"

#include <utility>

namespace goakt::remoting {

namespace {

class SocketLine final : public Line {
 public:
  explicit SocketLine(net::Connection connection) : connection_(std::move(connection)) {}

  Status send(net::Bytes bytes) override { return connection_.send(std::move(bytes)); }

  bool is_congested() const override { return connection_.is_congested(); }

  void pause() override { connection_.pause(); }

  void resume() override { connection_.resume(); }

  void close() override { connection_.close(); }

  bool post(net::Function<void()> task) override { return connection_.post(std::move(task)); }

  void start(std::shared_ptr<Session> session) { connection_.start(std::move(session)); }

 private:
  net::Connection connection_;
};

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
    auto line = std::make_unique<SocketLine>(std::move(connection));
    SocketLine& socket = *line;
    socket.start(service->open(std::move(line)));
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
