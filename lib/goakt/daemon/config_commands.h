#pragma once

#include "goakt/daemon/command_line.h"
#include "goakt/daemon/daemon.h"

namespace goakt::daemon {

// `goaktd config ...` and `goaktd docs`. Returns the exit code.
int run_config_command(const CommandLine& line, const Registrar& registrar, const Registrar& demo);

}  // namespace goakt::daemon
