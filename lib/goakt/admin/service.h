#pragma once

#include "goakt/admin/http_server.h"
#include "goakt/admin/router.h"
#include "goakt/admin/traffic.h"
#include "goakt/base/result.h"

#include <memory>
#include <string>
#include <vector>

namespace goakt::config {
class Settings;
}

namespace goakt::node {
class Node;
}

namespace goakt::admin {

class Gate;
class TlsContext;

// The admin API of one node: its routes and the listeners that the settings ask for. The node must
// outlive it.
class Service {
 public:
  // Listens. A default address that is in use gives way to the next free port, and the default
  // socket to `admin-PORT.sock` beside it; one that was configured fails with address_in_use.
  // Errors: invalid_argument with all that check_settings finds.
  [[nodiscard]] static Result<std::unique_ptr<Service>> start(const config::Settings& settings,
                                                              node::Node& node);
  ~Service();

  // Where it listens, the socket first.
  const std::vector<std::string>& urls() const { return urls_; }

  // True when a default was in use and another was taken.
  bool moved() const { return moved_; }

  const Router& router() const { return router_; }

  // After somebody else has moved the audit file away (logrotate, then SIGUSR1). Any thread.
  void reopen_files();

 private:
  Service(const config::Settings& settings, node::Node& node);

  // Gives the keys that need a restart.
  [[nodiscard]] Result<std::vector<std::string>> reload(const config::Settings& fresh,
                                                        bool only_check);
  void serve(Listener listener, const config::Settings& settings);

  node::Node& node_;
  Traffic traffic_;
  Router router_;
  std::unique_ptr<Gate> gate_;
  std::unique_ptr<TlsContext> tls_;
  std::vector<std::unique_ptr<HttpServer>> servers_;
  std::vector<std::string> urls_;
  bool moved_ = false;
  bool started_ = false;
};

}  // namespace goakt::admin
