#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace goaktctl {

// Block style. Strings always stand in JSON's double quotes, which YAML reads as the same string:
// no value can turn into a number, a date or "no".
std::string to_yaml(const nlohmann::ordered_json& value);

}  // namespace goaktctl
