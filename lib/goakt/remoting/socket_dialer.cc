#include "goakt/remoting/socket_dialer.h"

#include "goakt/net/connect.h"
#include "goakt/net/resolve.h"
#include "goakt/remoting/internal/socket_line.h"
#include "goakt/wire/frame.h"

#include <utility>

namespace goakt::remoting {

SocketDialer::SocketDialer(net::Loops& loops, SocketDialerOptions options)
    : loops_(loops), options_(std::move(options)) {}

void SocketDialer::dial(const std::string& host, std::uint16_t port,
                        net::Function<void(Result<std::unique_ptr<Line>>)> done) {
  net::ConnectOptions connect;
  connect.timeout = options_.timeout;
  connect.tls = options_.tls;
  connect.connection.compression = options_.compression;
  connect.connection.keep_alive = options_.keep_alive;
  connect.connection.read_limit = wire::kLargestMaxFrameSize;
  const net::Loop& loop = loops_.next();
  net::resolve(loop, host, port,
               [&loop, connect,
                done = std::move(done)](Result<std::vector<net::Endpoint>> endpoints) mutable {
                 if (!endpoints) return done(unexpected(std::move(endpoints).error()));
                 net::connect(loop, endpoints->front(), connect,
                              [done = std::move(done)](Result<net::Connection> made) mutable {
                                if (made)
                                  done(socket_line(*std::move(made)));
                                else
                                  done(unexpected(std::move(made).error()));
                              })
                     .detach();
               });
}

}  // namespace goakt::remoting
