#pragma once

#include "goakt/daemon/command_line.h"

namespace goakt::daemon {

// `token ...`: makes, lists and revokes the bearer tokens of admin.token-file. Returns the exit
// code.
int run_token_command(const CommandLine& line);

}  // namespace goakt::daemon
