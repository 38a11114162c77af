#pragma once

#include "goakt/base/export.h"
#include "goakt/base/result.h"
#include "goakt/net/connection.h"
#include "goakt/net/endpoint.h"
#include "goakt/net/function.h"
#include "goakt/net/loop.h"
#include "goakt/net/tls.h"

#include <memory>

namespace goakt::net {

namespace internal {
class Dial;
}

struct ConnectOptions {
  Duration timeout = std::chrono::seconds(5);  // of all of it, the TLS handshake included
  std::shared_ptr<TlsContext> tls = nullptr;   // none: in clear
  ConnectionOptions connection = {};
};

// A connect that is under way. Destroying it gives up: nobody is called then, unless that is just
// happening on the loop's thread. Any thread.
class GOAKT_API Connecting {
 public:
  Connecting() = default;
  explicit Connecting(std::shared_ptr<internal::Dial> dial);
  Connecting(Connecting&&) noexcept;
  Connecting& operator=(Connecting&&) noexcept;
  ~Connecting();

  void cancel();

  // Lets it go on without this object.
  void detach() noexcept { dial_.reset(); }

 private:
  std::shared_ptr<internal::Dial> dial_;
};

// Calls back once, on the loop's thread, never from within: with a connection ready to be started,
// or an error (unreachable, request_timeout, permission_denied, connection_lost for a failed
// handshake, system_shutting_down). Not at all when the loop had stopped before. Any thread may
// call it.
[[nodiscard]] GOAKT_API Connecting connect(const Loop& loop, const Endpoint& to,
                                           const ConnectOptions& options,
                                           Function<void(Result<Connection>)> done);

}  // namespace goakt::net
