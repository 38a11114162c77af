#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace goaktctl {

// "250ms", "5s", "2m", "1h30m", or a number of seconds. False when it is none of these.
bool parse_duration(const std::string& text, std::chrono::milliseconds& out);

// The known word within two typing mistakes; empty when none is near.
std::string nearest(const std::string& word, const std::vector<std::string>& known);

}  // namespace goaktctl
