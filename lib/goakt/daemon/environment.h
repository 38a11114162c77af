#pragma once

#include <string>

namespace goakt::daemon {

// A variable of the process's environment; "" when it is not set.
std::string variable(const char* name);

}  // namespace goakt::daemon
