#pragma once

#include "command.h"
#include "output/schema.h"

#include <optional>
#include <string>
#include <vector>

namespace goaktctl {

// The flags that say what is sent, for every command that sends a message.
struct MessageFlags {
  std::string type, json, text, string_value, hex, raw_file, bytes_file, int_value, proto_file;
  std::vector<std::string> meta;

  std::vector<Flag> flags();
  // Whether any of them was used.
  bool given() const;
  // The request's body, or why the flags make none.
  std::optional<Document> document(std::string& complaint) const;

 private:
  std::optional<Document> message(std::string& complaint) const;
};

}  // namespace goaktctl
