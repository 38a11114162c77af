#pragma once

#include "goakt/config/settings.h"
#include "goakt/daemon/daemon.h"
#include "goakt/node/kinds.h"
#include "goakt/node/message_types.h"

#include <memory>

namespace goakt::daemon {

// All kinds of a node: the program's own, the demo's where the settings want them, those of the
// plugins. Before any thread exists: trying a plugin forks. Error: invalid_argument.
[[nodiscard]] Result<Kinds> register_kinds(const config::Settings& settings,
                                           const Registrar& registrar, const Registrar& demo);

// The message types of plugins.proto-dir, beside those that are compiled in.
[[nodiscard]] Result<std::shared_ptr<const node::MessageTypes>> load_types(
    const config::Settings& settings);

}  // namespace goakt::daemon
