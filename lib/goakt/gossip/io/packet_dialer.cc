#include "goakt/gossip/io/packet_dialer.h"

#include <memory>
#include <string_view>

namespace goakt::gossip {

namespace {

// Keeps the connection until the packet is written.
class Sending final : public net::ConnectionHandler {
 public:
  explicit Sending(net::Connection connection) : connection_(std::move(connection)) {}

  net::Connection& connection() { return connection_; }

  std::size_t on_data(std::string_view bytes) override { return bytes.size(); }

  void on_close(Status) override {}

 private:
  net::Connection connection_;
};

}  // namespace

void PacketDialer::send(const net::Endpoint& to, std::string frame) {
  if (dials_.size() >= kMaxDials) return;
  const auto id = ++last_;
  dials_[id] = net::connect(
      loop_, to, options_,
      [this, id, frame = std::move(frame)](Result<net::Connection> connection) mutable {
        dials_.erase(id);
        if (!connection) return;
        const auto sending = std::make_shared<Sending>(*std::move(connection));
        sending->connection().start(sending);
        if (sending->connection().send(net::Bytes::own(std::move(frame))))
          sending->connection().close();
        else
          sending->connection().abort();
      });
}

}  // namespace goakt::gossip
