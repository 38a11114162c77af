#include "goakt/node/message_json.h"

#include "goakt/actor/messages.h"
#include "goakt/base/text.h"
#include "goakt/message/type.h"

#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/message.h>
#include <google/protobuf/text_format.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/type_resolver.h>

#include <memory>

namespace goakt::node {

namespace {

using ProtobufMessage = google::protobuf::Message;

constexpr const char* kPrefix = "type.googleapis.com/";

// protobuf's own words: "INVALID_ARGUMENT:(credit) acount: Cannot find field."
Error json_error(std::string_view type, const google::protobuf::util::Status& status) {
  return Error(ErrorCode::invalid_message,
               "this is no " + std::string(type) + ": " +
                   std::string(status.message().data(), status.message().size()));
}

class FirstError final : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, google::protobuf::io::ColumnNumber column,
                const std::string& what) override {
    if (!text_.empty()) return;
    text_ =
        "line " + std::to_string(line + 1) + ", column " + std::to_string(column + 1) + ": " + what;
  }

  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

// By the type's name and not by a C++ class, so that an Any inside may hold any of the types.
Result<std::string> bytes_of(const MessageTypes& types, std::string_view type,
                             std::string_view json) {
  std::string bytes;
  const auto status = google::protobuf::util::JsonToBinaryString(
      &types.resolver(), kPrefix + std::string(type),
      google::protobuf::StringPiece(json.data(), json.size()), &bytes);
  if (status.ok()) return bytes;
  return unexpected(json_error(type, status));
}

Error unknown_type(std::string_view type) {
  return Error(ErrorCode::invalid_message,
               "no message type \"" + std::string(type) + "\" is known to this node")
      .with_hint(
          "types come with the plugin that uses them, or as descriptor sets in "
          "plugins.proto-dir: goaktctl type list");
}

Result<std::string> print(const MessageTypes& types, const ProtobufMessage& message) {
  std::string json;
  const auto status = google::protobuf::util::BinaryToJsonString(
      &types.resolver(), kPrefix + message.GetTypeName(), message.SerializeAsString(), &json);
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

Result<Message> message_from_json(const MessageTypes& types, std::string_view type,
                                  std::string_view json) {
  const auto known = types.make(type);
  if (!known) return unexpected(unknown_type(type));
  GOAKT_TRY(const std::string bytes, bytes_of(types, type, json));
  // What JSON may hold and the type may not, such as a required field that is missing.
  if (!known->ParseFromString(bytes))
    return fail(ErrorCode::invalid_message, "this is no " + std::string(type));
  return Message::parse(type, bytes);
}

Result<Message> message_from_text(const MessageTypes& types, std::string_view type,
                                  std::string_view text) {
  const auto known = types.make(type);
  if (!known) return unexpected(unknown_type(type));
  google::protobuf::TextFormat::Parser parser;
  FirstError error;
  parser.RecordErrorsTo(&error);
  parser.SetRecursionLimit(100);
  if (!parser.ParseFromString(std::string(text), known.get()))
    return fail(ErrorCode::invalid_message,
                "this is no " + std::string(type) + ": " + error.text());
  return Message::parse(type, known->SerializeAsString());
}

Result<Message> message_from_bytes(std::string_view type, std::string_view bytes) {
  if (type.empty()) return fail(ErrorCode::invalid_message, "bytes need the name of their type");
  return Message::parse(type, bytes);
}

Result<std::string> json_from_message(const MessageTypes& types, const Message& message) {
  if (!message) return std::string("null");
  if (const auto* unknown = message.as<UnknownMessage>()) {
    // Read by the type first: that is stricter about bytes than the JSON printer.
    if (const auto known = types.make(unknown->type_name);
        known && known->ParseFromString(unknown->bytes))
      return print(types, *known);
    return "{\"@type\":" + quoted(unknown->type_name) + ",\"@raw\":\"" +
           base64_encode(unknown->bytes) + "\"}";
  }
  const MessageType& type = message.type();
  if (type.codec != nullptr && type.codec->as_protobuf != nullptr)
    return print(types,
                 *static_cast<const ProtobufMessage*>(type.codec->as_protobuf(message.value())));
  if (message.is<Ack>()) return std::string("{}");
  return "{\"@type\":" + quoted(type.name) + "}";
}

}  // namespace goakt::node
