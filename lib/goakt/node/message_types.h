#pragma once

#include "goakt/base/export.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Which messages an operator can write as JSON, and what is in them.
namespace goakt::node {

struct MessageField {
  std::string name;  // as in JSON
  std::string type;  // "string", "int64", "orders.v1.Order"
  bool repeated = false;
};

struct MessageShape {
  std::string name;
  std::vector<MessageField> fields;
  std::string skeleton;  // JSON with every field at its default, ready to be filled in
};

// Protobuf messages compiled into the process and types that actors have registered, in order;
// those that begin with `prefix`.
GOAKT_API std::vector<std::string> message_type_names(std::string_view prefix);
// Nothing when no protobuf message of that name is known.
GOAKT_API std::optional<MessageShape> describe_message_type(std::string_view name);

}  // namespace goakt::node
