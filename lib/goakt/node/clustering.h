#pragma once

#include "goakt/actor/system.h"
#include "goakt/base/log.h"
#include "goakt/base/result.h"
#include "goakt/cluster/member.h"
#include "goakt/config/settings.h"

#include <cstdint>
#include <functional>
#include <memory>

namespace goakt::node {

// Makes the node a member as its settings say, and publishes in the system who comes and goes.
// Returns when it has joined, or is alone for now. Errors: those of Member::start,
// invalid_tls_configuration.
[[nodiscard]] Result<std::unique_ptr<cluster::Member>> join_cluster(
    const config::Settings& settings, std::uint16_t remoting_port, ActorSystem& system,
    const Logger& log, std::function<bool()> give_up);

}  // namespace goakt::node
