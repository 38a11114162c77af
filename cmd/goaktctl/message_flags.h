#pragma once

#include "command.h"
#include "output/schema.h"

#include <optional>
#include <string>
#include <vector>

namespace goaktctl {

// The flags that say what is sent, for every command that sends a message.
struct MessageFlags {
  std::string type, json, string_value, hex, raw_file, bytes_file, int_value;

  std::vector<Flag> flags();
  // The request's body, or why the flags make none.
  std::optional<Document> document(std::string& complaint) const;
};

}  // namespace goaktctl
