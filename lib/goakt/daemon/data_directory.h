#pragma once

#include "goakt/base/result.h"
#include "goakt/config/settings.h"

#include <string>

namespace goakt::daemon {

// What data.dir means: the configured directory, or for "auto" the one that the service manager
// gives, /var/lib/goaktd for root, or one of the user's own.
std::string data_directory(const config::Settings& settings);

// Makes it if need be and tries whether files can be made there. Error: internal with the reason.
[[nodiscard]] Status prepare_data_directory(const std::string& path);
// The same at a start, for the configured one: a node needs none that nobody asked for.
[[nodiscard]] Status make_data_directory(const config::Settings& settings);
// Whether that would do, without making anything.
[[nodiscard]] Status check_data_directory(const config::Settings& settings);

}  // namespace goakt::daemon
