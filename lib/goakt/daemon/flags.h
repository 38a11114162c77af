#pragma once

#include "goakt/config/settings.h"

#include <optional>

namespace goakt::daemon {

struct CommandLine {
  config::Settings::Given given;
  std::optional<int> exit;  // help, version, or a wrong flag: said already
};

// Flags of the key table, one each. Prints help, the version, or what is wrong with a flag.
CommandLine parse_command_line(int argc, char** argv);

}  // namespace goakt::daemon
