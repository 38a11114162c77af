#pragma once

#include <map>
#include <string>
#include <string_view>

namespace goakt::admin {

// docs/openapi.yaml, as it was when this was built.
std::string_view openapi_text();
// Its schemas by name, as JSON text, for tools that do not read YAML.
const std::map<std::string, std::string, std::less<>>& schemas();

}  // namespace goakt::admin
