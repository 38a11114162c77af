#pragma once

namespace goaktctl {

// Parses the command line, runs the command, gives the exit code.
int run_command_line(int argc, char** argv);

}  // namespace goaktctl
