#pragma once

#include "goakt/base/result.h"
#include "goakt/message/envelope.h"

#include <memory>
#include <string>
#include <string_view>

namespace goakt::admin {

// The message types of one request: what the process knows, and what the caller sends along as a
// FileDescriptorSet, which nobody else gets to see. One thread.
class MessageTypes {
 public:
  MessageTypes();  // what the process knows
  MessageTypes(MessageTypes&&) noexcept;
  MessageTypes& operator=(MessageTypes&&) noexcept;
  ~MessageTypes();

  // Error: invalid_message when the bytes are no descriptor set or its files do not fit together.
  [[nodiscard]] static Result<MessageTypes> with(std::string_view descriptor_set);

  // Errors of all: invalid_message, with where the mistake is.
  [[nodiscard]] Result<Message> from_json(std::string_view type, std::string_view json) const;
  // protobuf's text format.
  [[nodiscard]] Result<Message> from_text(std::string_view type, std::string_view text) const;
  [[nodiscard]] Result<std::string> to_json(const Message& message) const;

 private:
  struct Extra;

  std::unique_ptr<Extra> extra_;  // null: nothing was sent along
};

}  // namespace goakt::admin
