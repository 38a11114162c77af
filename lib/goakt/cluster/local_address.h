#pragma once

#include "goakt/base/export.h"
#include "goakt/base/result.h"

#include <string>

namespace goakt::cluster {

// What others reach this machine at, for a node that was told to listen at 0.0.0.0: the first
// private IPv4 address of an interface that is up, else the first one beyond loopback. Error:
// unreachable.
[[nodiscard]] GOAKT_API Result<std::string> local_address();

}  // namespace goakt::cluster
