#pragma once

#include "goakt/admin/http_server.h"
#include "goakt/admin/router.h"
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

// The admin API of one node: its routes and the listeners that the settings ask for. The node must
// outlive it.
class Service {
 public:
  // Listens. A default address that is in use gives way to the next free port, and the default
  // socket to `admin-PORT.sock` beside it; one that was configured fails with address_in_use.
  [[nodiscard]] static Result<std::unique_ptr<Service>> start(const config::Settings& settings,
                                                              node::Node& node);
  ~Service();

  // Where it listens, the socket first.
  const std::vector<std::string>& urls() const { return urls_; }

  // True when a default was in use and another was taken.
  bool moved() const { return moved_; }

  const Router& router() const { return router_; }

 private:
  explicit Service(node::Node& node);

  void serve(Listener listener);

  Router router_;
  std::vector<std::unique_ptr<HttpServer>> servers_;
  std::vector<std::string> urls_;
  bool moved_ = false;
};

}  // namespace goakt::admin
