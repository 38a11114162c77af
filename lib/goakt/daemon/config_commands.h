#pragma once

#include "goakt/daemon/command_line.h"

namespace goakt::daemon {

// `goaktd config ...` and `goaktd docs`. Returns the exit code.
int run_config_command(const CommandLine& line);

}  // namespace goakt::daemon
