#include "goakt/wire/internal/protobuf_message.h"

#include "goakt/message/type.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <limits>
#include <memory>
#include <string>
#include <utility>

namespace goakt::wire::internal {

namespace {

// A type that is compiled in, though no actor handles it: its bytes are checked like others'.
bool is_sound(const std::string& type_name, std::string_view bytes) {
  const auto* type =
      google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(type_name);
  if (type == nullptr) return false;
  const auto* prototype = google::protobuf::MessageFactory::generated_factory()->GetPrototype(type);
  if (prototype == nullptr) return false;
  const std::unique_ptr<google::protobuf::Message> message(prototype->New());
  return message->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
}

// Mostly the one of the message before.
const MessageType* find_type(std::string_view name) {
  static constinit thread_local const MessageType* last __attribute__((tls_model("initial-exec"))) =
      nullptr;
  if (last != nullptr && last->name == name) return last;
  const MessageType* found = TypeRegistry::instance().find(name);
  if (found != nullptr) last = found;
  return found;
}

}  // namespace

std::optional<Message> protobuf_message(std::string_view type_name, std::string_view bytes) {
  if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) return std::nullopt;
  const MessageType* type = find_type(type_name);
  if (type != nullptr && type->codec != nullptr) {
    auto message = Message::of_type(*type);
    if (!message || !type->codec->parse(message->mutable_value(), bytes)) return std::nullopt;
    return *std::move(message);
  }
  std::string name(type_name);
  if (!is_sound(name, bytes)) return std::nullopt;
  return Message::make<UnknownMessage>(std::move(name), std::string(bytes));
}

const google::protobuf::Message* as_protobuf(const Message& message) {
  const WireCodec* codec = message.type().codec;
  if (codec == nullptr || codec->as_protobuf == nullptr) return nullptr;
  return static_cast<const google::protobuf::Message*>(codec->as_protobuf(message.value()));
}

}  // namespace goakt::wire::internal
