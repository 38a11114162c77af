#pragma once

#include "goakt/admin/json.h"
#include "goakt/admin/router.h"
#include "goakt/message/context.h"
#include "goakt/node/node.h"

#include <memory>
#include <optional>
#include <string>

namespace goakt::admin {

// The members of a body that say what is sent, taken out of it: "type", "message", "raw" or "text",
// "meta" and "descriptors".
struct MessageBody {
  static constexpr std::size_t kMostMetadata = 8 * 1024;  // keys and values together

  std::string type;
  std::optional<std::string> json;
  std::optional<std::string> raw;          // base64
  std::optional<std::string> text;         // protobuf's text format
  ContextRef context;                      // what travels with it
  std::optional<std::string> descriptors;  // a FileDescriptorSet in base64

  static MessageBody read(Fields& fields);

  using Types = std::shared_ptr<const node::MessageTypes>;

  // What the node knows, and what came along. Error: invalid_message.
  [[nodiscard]] Result<Types> types(const node::Node& node) const;
};

// The message for that actor. Without a type, "@type" of the message counts, then the only type
// that the actor's kind takes.
[[nodiscard]] Result<Message> to_message(MessageBody body, const Pid& to, const node::Node& node);
// The same for any actor of a kind (null: of none), with types that the caller has at hand.
[[nodiscard]] Result<Message> to_message(MessageBody body, const Kind* kind,
                                         const node::MessageTypes& types);

}  // namespace goakt::admin
