#pragma once

#include "goakt/base/export.h"
#include "goakt/base/result.h"
#include "goakt/base/text.h"
#include "goakt/message/envelope.h"

#include <string>
#include <string_view>

// Messages as operators write and read them: protobuf's JSON mapping, by reflection.
namespace goakt::node {

// A message of that type from JSON. Types of the registry are built in their envelope; other types
// that are compiled into the process travel as bytes. Errors: invalid_message with the path of the
// mistake, or because nobody here knows the type.
[[nodiscard]] GOAKT_API Result<Message> message_from_json(std::string_view type,
                                                          std::string_view json);
// The same from serialized bytes; of a type that nobody knows they are carried as they are.
[[nodiscard]] GOAKT_API Result<Message> message_from_bytes(std::string_view type,
                                                           std::string_view bytes);

// As JSON. Bytes of an unknown type become {"@type": name, "@raw": base64}; a C++ type without a
// wire form is shown by its name alone.
[[nodiscard]] GOAKT_API Result<std::string> json_from_message(const Message& message);

// The older names of base64_encode and base64_decode.
inline std::string to_base64(std::string_view bytes) {
  return base64_encode(bytes);
}

inline bool from_base64(std::string_view text, std::string& bytes) {
  auto decoded = base64_decode(text);
  if (decoded) bytes = *std::move(decoded);
  return decoded.has_value();
}

}  // namespace goakt::node
