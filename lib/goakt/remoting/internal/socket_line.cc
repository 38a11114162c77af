#include "goakt/remoting/internal/socket_line.h"

#include <utility>

namespace goakt::remoting {

namespace {

class SocketLine final : public Line {
 public:
  explicit SocketLine(net::Connection connection) : connection_(std::move(connection)) {}

  void start(std::shared_ptr<net::ConnectionHandler> handler) override {
    connection_.start(std::move(handler));
  }

  Status send(net::Bytes bytes) override { return connection_.send(std::move(bytes)); }

  bool is_congested() const override { return connection_.is_congested(); }

  void pause() override { connection_.pause(); }

  void resume() override { connection_.resume(); }

  void close() override { connection_.close(); }

  bool post(net::Function<void()> task) override { return connection_.post(std::move(task)); }

 private:
  net::Connection connection_;
};

}  // namespace

std::unique_ptr<Line> socket_line(net::Connection connection) {
  return std::make_unique<SocketLine>(std::move(connection));
}

}  // namespace goakt::remoting
