#pragma once

#include "output/schema.h"

#include <string_view>

namespace goaktctl {

// Whether a key's value must leave no machine: names with password, token, secret or key in them.
bool is_secret_key(std::string_view key);

// Replaces such values by "<masked>", at any depth; also in {"key": NAME, "value": ...} rows, as
// the configuration is listed.
void mask_secrets(Document& document);

}  // namespace goaktctl
