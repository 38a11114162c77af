#pragma once

#include "goakt/base/error.h"
#include "goakt/config/settings.h"

namespace goakt::daemon {

// Prints on standard error what went wrong, where in the configuration it was said when the error
// begins with the name of a key, and what to do about it. Returns that exit code.
int complain(int exit, const Error& error, const config::Settings* settings = nullptr);

// The exit code for a configuration that cannot be loaded, and for a node that does not start.
int settings_exit(const Error& error);
int start_exit(const Error& error);

}  // namespace goakt::daemon
