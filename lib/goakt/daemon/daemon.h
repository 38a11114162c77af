#pragma once

#include "goakt/node/plugin.h"

#include <functional>

// A node as a program:
//
//   int main(int argc, char** argv) { return goakt::daemon::run(argc, argv, my_kinds); }
namespace goakt::daemon {

// Registers the kinds of the program itself; may be empty.
using Registrar = std::function<void(Plugin&)>;

// Reads flags and environment, loads plugins, starts the node and its admin API, and waits for a
// signal: TERM or INT stops gracefully, a second one ends at once. Returns the exit code
// (exit_codes.h). Call it first thing in main: plugins are tried before any thread exists.
//
// `demo` registers kinds that the setting demo.kinds switches off.
int run(int argc, char** argv, const Registrar& registrar = {}, const Registrar& demo = {});

}  // namespace goakt::daemon
