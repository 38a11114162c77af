#pragma once

#include "goakt/admin/access.h"
#include "goakt/admin/idempotency.h"
#include "goakt/admin/rate_limit.h"
#include "goakt/admin/router.h"
#include "goakt/admin/traffic.h"
#include "goakt/base/log.h"

#include <memory>

namespace goakt::config {
class Settings;
}

namespace goakt::node {
class Node;
}

namespace goakt::admin {

// What every request passes on its way to the routes and back, whichever listener it came by: who
// is it, how often may he ask, was this done already, which node is meant; then the audit line and
// the counters. Thread-safe.
class Gate {
 public:
  // Errors: those of Access and of the audit file.
  [[nodiscard]] static Result<std::unique_ptr<Gate>> open(const config::Settings& settings,
                                                          node::Node& node, const Router& router,
                                                          Traffic& traffic);

  Response handle(Request& request);

  Access& access() { return *access_; }

 private:
  Gate(const config::Settings& settings, node::Node& node, const Router& router, Traffic& traffic,
       std::unique_ptr<Access> access, Logger audit);

  Response decide(Request& request);
  void audit(const Request& request, const Response& response, Duration took) const;

  node::Node& node_;
  const Router& router_;
  Traffic& traffic_;
  std::unique_ptr<Access> access_;
  const Logger audit_;
  RateLimit rate_limit_;
  IdempotencyStore answers_;
};

}  // namespace goakt::admin
