#pragma once

#include "goakt/admin/access.h"
#include "goakt/admin/forward.h"
#include "goakt/admin/idempotency.h"
#include "goakt/admin/rate_limit.h"
#include "goakt/admin/router.h"
#include "goakt/admin/traffic.h"
#include "goakt/base/log.h"

#include <memory>
#include <mutex>
#include <string>

namespace goakt {
class LogOutput;
}

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

  // Opens the audit file of a new configuration, or the same one again. Error: invalid_argument;
  // lines go on to where they went.
  [[nodiscard]] Status reload_audit(const config::Settings& settings);
  // Whether that would succeed.
  [[nodiscard]] static Status check_audit(const config::Settings& settings);
  // After somebody else has moved the audit file away.
  void reopen_audit();

 private:
  Gate(const config::Settings& settings, node::Node& node, const Router& router, Traffic& traffic,
       std::unique_ptr<Access> access);

  // Where audit lines go; without a file, to the node's log.
  struct Audit {
    std::string path;
    std::shared_ptr<LogOutput> file;
    Logger log;
  };

  Audit current_audit() const;
  Response decide(Request& request);
  void audit(const Request& request, const Response& response, Duration took) const;

  node::Node& node_;
  Traffic& traffic_;
  const Forward forward_;
  std::unique_ptr<Access> access_;
  mutable std::mutex audit_mutex_;  // guards audit_
  Audit audit_;
  RateLimit rate_limit_;
  IdempotencyStore answers_;
};

}  // namespace goakt::admin
