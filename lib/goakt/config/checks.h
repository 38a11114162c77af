#pragma once

#include "goakt/config/settings.h"

#include <vector>

// What cannot be seen in one value alone.
namespace goakt::config {

// Values that exclude each other, and, if asked for, files that cannot be read.
std::vector<Finding> contradictions(const Settings& settings, bool check_files);

// What works but is probably not meant.
std::vector<Finding> doubts(const Settings& settings);

}  // namespace goakt::config
