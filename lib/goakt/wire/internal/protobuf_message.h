#pragma once

#include "goakt/message/envelope.h"

#include <google/protobuf/message.h>

#include <optional>
#include <string_view>

namespace goakt::wire::internal {

// The message of that protobuf type: in its envelope when actors here have registered the type; as
// checked bytes when the process only knows it. None when it does not or the bytes are no such
// message.
std::optional<Message> protobuf_message(std::string_view type_name, std::string_view bytes);

// The value as protobuf's class; null for types that have none.
const google::protobuf::Message* as_protobuf(const Message& message);

}  // namespace goakt::wire::internal
