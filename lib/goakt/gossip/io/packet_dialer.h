#pragma once

#include "goakt/net/connect.h"
#include "goakt/net/endpoint.h"
#include "goakt/net/loop.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

namespace goakt::gossip {

// Sends packets as GoAkt's nodes do in clusters with TLS: a connection for each (tcp_frame.h). Like
// UDP it tells nobody what was lost. Belongs to the loop's thread.
class PacketDialer {
 public:
  PacketDialer(const net::Loop& loop, net::ConnectOptions options)
      : loop_(loop), options_(std::move(options)) {}

  // `frame` is all that the connection carries. Dropped where too many are under way: whoever does
  // not answer must not fill the memory.
  void send(const net::Endpoint& to, std::string frame);

 private:
  static constexpr std::size_t kMaxDials = 1024;

  const net::Loop& loop_;
  net::ConnectOptions options_;
  std::map<std::uint64_t, net::Connecting> dials_;
  std::uint64_t last_ = 0;
};

}  // namespace goakt::gossip
