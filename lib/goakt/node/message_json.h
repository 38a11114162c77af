#pragma once

#include "goakt/base/export.h"
#include "goakt/base/result.h"
#include "goakt/message/envelope.h"
#include "goakt/node/message_types.h"

#include <string>
#include <string_view>

// Messages as operators write and read them: protobuf's JSON mapping, by reflection.
namespace goakt::node {

// A message of that type from JSON. Types of the registry are built in their envelope; other types
// that are known travel as bytes. Errors: invalid_message with the path of the mistake, or because
// nobody here knows the type.
[[nodiscard]] GOAKT_API Result<Message> message_from_json(const MessageTypes& types,
                                                          std::string_view type,
                                                          std::string_view json);
// The same from protobuf's text format.
[[nodiscard]] GOAKT_API Result<Message> message_from_text(const MessageTypes& types,
                                                          std::string_view type,
                                                          std::string_view text);
// The same from serialized bytes; of a type that nobody knows they are carried as they are.
[[nodiscard]] GOAKT_API Result<Message> message_from_bytes(std::string_view type,
                                                           std::string_view bytes);

// As JSON. Bytes of an unknown type become {"@type": name, "@raw": base64}; a C++ type without a
// wire form is shown by its name alone.
[[nodiscard]] GOAKT_API Result<std::string> json_from_message(const MessageTypes& types,
                                                              const Message& message);

}  // namespace goakt::node
