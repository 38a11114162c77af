#pragma once

#include "goakt/base/export.h"

#include <chrono>
#include <string>
#include <vector>

// How people write things, for flags, configuration and complaints about them.
namespace goakt {

// "250ms", "5s", "2m", "1h30m", or a number of seconds. False when it is none of these.
GOAKT_API bool parse_duration(const std::string& text, std::chrono::milliseconds& out);

// The known word within two typing mistakes; empty when none is near.
GOAKT_API std::string nearest(const std::string& word, const std::vector<std::string>& known);

}  // namespace goakt
