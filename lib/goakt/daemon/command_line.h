#pragma once

#include "goakt/config/settings.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace goakt::daemon {

// What the command line asks for. Empty `command`: run the node.
struct CommandLine {
  std::string command;  // "config check", "kinds", ...
  std::vector<std::string> arguments;
  config::Settings::Given given;
  std::string config_file;
  bool permissive = false;
  bool origin = false;      // config show --origin
  bool json = false;        // config show --json
  bool only_given = false;  // config show --given
  std::string role;         // token new --role
  std::string name;         // token new --name
  std::optional<int> exit;  // help or a wrong flag: said already
};

// Flags of the key table, one each, and the commands. Prints help or what is wrong.
CommandLine parse_command_line(int argc, char** argv);

// Words of the command line, for completion: commands with their words, and all flags.
struct Grammar {
  std::vector<std::pair<std::string, std::string>> commands;  // "config check", what it does
  std::vector<std::pair<std::string, std::string>> flags;     // beside those of the key table
};

const Grammar& grammar();

// Where the settings of that command line come from.
config::Sources sources_of(const CommandLine& line);

}  // namespace goakt::daemon
