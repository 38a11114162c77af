#include "goakt/node/message_json.h"

#include "goakt/actor/messages.h"
#include "goakt/message/type.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/util/json_util.h>

#include <array>
#include <memory>

namespace goakt::node {

namespace {

using ProtobufMessage = google::protobuf::Message;

// protobuf's own words: "INVALID_ARGUMENT:(credit) acount: Cannot find field."
Error json_error(std::string_view type, const google::protobuf::util::Status& status) {
  return Error(ErrorCode::invalid_message,
               "this is no " + std::string(type) + ": " +
                   std::string(status.message().data(), status.message().size()));
}

Status parse_into(ProtobufMessage& message, std::string_view type, std::string_view json) {
  const auto status = google::protobuf::util::JsonStringToMessage(
      google::protobuf::StringPiece(json.data(), json.size()), &message, {});
  if (status.ok()) return {};
  return unexpected(json_error(type, status));
}

// Compiled into the process, though no actor has registered it.
std::unique_ptr<ProtobufMessage> compiled_in(std::string_view type) {
  const auto* descriptor =
      google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(std::string(type));
  if (descriptor == nullptr) return nullptr;
  const ProtobufMessage* prototype =
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(descriptor);
  return prototype == nullptr ? nullptr : std::unique_ptr<ProtobufMessage>(prototype->New());
}

const MessageType* wire_type(std::string_view type) {
  const MessageType* found = TypeRegistry::instance().find(type);
  return found != nullptr && found->codec != nullptr ? found : nullptr;
}

Error unknown_type(std::string_view type) {
  return Error(ErrorCode::invalid_message,
               "no message type \"" + std::string(type) + "\" is known to this node")
      .with_hint("types come with the plugin that uses them: goaktctl kind list");
}

Result<std::string> print(const ProtobufMessage& message) {
  std::string json;
  const auto status = google::protobuf::util::MessageToJsonString(message, &json, {});
  if (status.ok()) return json;
  return unexpected(json_error(message.GetTypeName(), status));
}

// Names of types are plain words, so that nothing has to be escaped but quotes and backslashes.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += static_cast<unsigned char>(c) < 0x20 ? '?' : c;
  }
  return out + '"';
}

}  // namespace

Result<Message> message_from_json(std::string_view type, std::string_view json) {
  if (const MessageType* known = wire_type(type)) {
    GOAKT_TRY(Message message, Message::of_type(*known));
    // The class that protoc made derives from protobuf's Message first of all, so the address is
    // its.
    auto* value = static_cast<ProtobufMessage*>(
        const_cast<void*>(known->codec->as_protobuf(message.value())));
    GOAKT_CHECK(parse_into(*value, type, json));
    return message;
  }
  const auto message = compiled_in(type);
  if (!message) return unexpected(unknown_type(type));
  GOAKT_CHECK(parse_into(*message, type, json));
  return Message::parse(type, message->SerializeAsString());
}

Result<Message> message_from_bytes(std::string_view type, std::string_view bytes) {
  if (type.empty()) return fail(ErrorCode::invalid_message, "bytes need the name of their type");
  return Message::parse(type, bytes);
}

Result<std::string> json_from_message(const Message& message) {
  if (!message) return std::string("null");
  if (const auto* unknown = message.as<UnknownMessage>()) {
    if (const auto known = compiled_in(unknown->type_name);
        known && known->ParseFromString(unknown->bytes))
      return print(*known);
    return "{\"@type\":" + quoted(unknown->type_name) + ",\"@raw\":\"" +
           base64_encode(unknown->bytes) + "\"}";
  }
  const MessageType& type = message.type();
  if (type.codec != nullptr && type.codec->as_protobuf != nullptr)
    return print(*static_cast<const ProtobufMessage*>(type.codec->as_protobuf(message.value())));
  if (message.is<Ack>()) return std::string("{}");
  return "{\"@type\":" + quoted(type.name) + "}";
}

}  // namespace goakt::node
