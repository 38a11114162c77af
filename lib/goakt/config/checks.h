#pragma once

#include "goakt/config/settings.h"

#include <functional>
#include <set>
#include <string>
#include <vector>

// What cannot be seen in one value alone.
namespace goakt::config {

// Values that exclude each other, and, if asked for, files that cannot be read. Keys of which is
// known already that they are wrong are left alone.
std::vector<Finding> contradictions(const Settings& settings, bool check_files,
                                    const std::set<std::string, std::less<>>& wrong = {});

// What works but is probably not meant.
std::vector<Finding> doubts(const Settings& settings);

}  // namespace goakt::config
