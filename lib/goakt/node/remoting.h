#pragma once

#include "goakt/actor/system.h"
#include "goakt/base/clock.h"
#include "goakt/base/export.h"
#include "goakt/base/log.h"
#include "goakt/base/result.h"
#include "goakt/config/settings.h"
#include "goakt/node/kinds.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace goakt {
class Extension;
}

namespace goakt::remoting {
class Client;
}

namespace goakt::node {

// A node's way to other nodes and theirs to it, as its settings say. The port is taken before the
// actor system is made, because the addresses of all actors have it.
class GOAKT_API Remoting {
 public:
  // Takes the port. A default one that is taken gives way to any other. Errors: address_in_use and
  // others of net::Listener, invalid_tls_configuration.
  [[nodiscard]] static Result<std::unique_ptr<Remoting>> open(const config::Settings& settings,
                                                              const Logger& log);
  ~Remoting();
  Remoting(const Remoting&) = delete;
  Remoting& operator=(const Remoting&) = delete;

  // As other nodes must say them.
  const std::string& host() const;
  std::uint16_t port() const;

  // Through which actors find those of other nodes: for the system that will be served.
  std::shared_ptr<Extension> extension() const;

  // From now on requests of other nodes are answered, as long as the system runs. Both outlive
  // this. Once.
  void serve(ActorSystem& system, const Kinds& kinds);

  // To other nodes' actors; after serve().
  remoting::Client& client();
  // Connections of other nodes that are open.
  std::size_t connections() const;
  bool is_secured() const;

  // Reads certificates and key again, for connections that come. Error: invalid_tls_configuration;
  // nothing has changed then.
  [[nodiscard]] Status reload_tls();
  // Whether that would succeed.
  [[nodiscard]] Status check_tls() const;

  // Behind the system's stop: what was told to other nodes has that much time to leave.
  void close(Duration timeout);

 private:
  struct Parts;

  explicit Remoting(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace goakt::node
