#pragma once

#include "goakt/remoting/internal/local_node.h"

#include <string_view>

namespace goakt::remoting {

// The message of a payload, the runtime's own included. Error: invalid_message.
Result<Message> decode(const LocalNode& node, std::string_view payload);

}  // namespace goakt::remoting
