#pragma once

#include "goakt/admin/router.h"
#include "goakt/base/log.h"
#include "goakt/base/result.h"
#include "goakt/node/node.h"

#include <string>

namespace goakt::daemon {

// Makes a debug bundle as an operation of the node and writes it into that directory, readable by
// its owner alone. The log says where it is, or why it is not there. Error: too many operations.
[[nodiscard]] Status write_bundle(node::Node& node, const admin::Router& router,
                                  const std::string& directory, const Logger& log);

}  // namespace goakt::daemon
