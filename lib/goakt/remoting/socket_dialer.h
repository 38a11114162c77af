#pragma once

#include "goakt/base/export.h"
#include "goakt/net/compression/compression.h"
#include "goakt/net/loop.h"
#include "goakt/net/tls.h"
#include "goakt/remoting/line.h"

#include <chrono>
#include <memory>
#include <string>

namespace goakt::remoting {

// GoAkt's defaults where it has them.
struct SocketDialerOptions {
  Duration timeout = std::chrono::seconds(5);  // of all of it, name and TLS handshake included
  Duration keep_alive = std::chrono::seconds(15);
  net::Compression compression = net::Compression::none;
  std::shared_ptr<net::TlsContext> tls = nullptr;  // none: in clear
};

// Lines that are sockets, dealt out to the loops in turn. The loops outlive it.
class GOAKT_API SocketDialer final : public Dialer {
 public:
  SocketDialer(net::Loops& loops, SocketDialerOptions options);

  void dial(const std::string& host, std::uint16_t port,
            net::Function<void(Result<std::unique_ptr<Line>>)> done) override;

 private:
  net::Loops& loops_;
  const SocketDialerOptions options_;
};

}  // namespace goakt::remoting
