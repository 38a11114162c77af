#pragma once

#include "goakt/node/plugin.h"

#include <functional>

// A node as a program:
//
//   int main(int argc, char** argv) { return goakt::daemon::run(argc, argv, my_kinds); }
namespace goakt::daemon {

// Registers the kinds of the program itself; may be empty.
using Registrar = std::function<void(Plugin&)>;

// Reads the configuration, loads plugins, starts the node and its admin API, and waits for signals
// (docs/operations.md): TERM or INT stops gracefully, HUP reads the configuration again. Or it runs
// one of the commands that look at the configuration and at tokens. Returns the exit code
// (exit_codes.h). Call it first thing in main: plugins are tried before any thread exists.
//
// `demo` registers kinds that the setting demo.kinds switches off.
int run(int argc, char** argv, const Registrar& registrar = {}, const Registrar& demo = {});

}  // namespace goakt::daemon
