#pragma once

#include "goakt/admin/json.h"
#include "goakt/admin/router.h"
#include "goakt/node/node.h"

#include <string>

namespace goakt::admin {

// The members "type", "message" and "raw" of a body, taken out of it.
struct MessageBody {
  std::string type;
  std::optional<std::string> json;
  std::optional<std::string> raw;  // base64

  static MessageBody read(Fields& fields);
};

// The message for that actor. Without a type, "@type" of the message counts, then the only type
// that the actor's kind takes.
[[nodiscard]] Result<Message> to_message(MessageBody body, const Pid& to, const Kinds& kinds);

}  // namespace goakt::admin
