#pragma once

#include "output/schema.h"

#include <optional>
#include <string>

namespace goaktctl {

// "@FILE", "-" for stdin, or the text itself. Nothing when it cannot be read.
std::optional<std::string> read_argument(const std::string& argument);

// The same as JSON; nothing, and why, when it is none.
std::optional<Document> json_argument(const std::string& argument, std::string& complaint);

}  // namespace goaktctl
