#include "goakt/admin/message_body.h"

#include "goakt/base/text.h"
#include "goakt/node/message_json.h"

namespace goakt::admin {

namespace {

// Takes "@type" out of the message's JSON, as protobuf's Any has it.
Status take_embedded_type(MessageBody& body) {
  if (!body.json || body.json->find("\"@type\"") == std::string::npos) return {};
  GOAKT_TRY(Json json, Json::parse(*body.json));
  std::string type = json.take_text("@type");
  if (type.empty()) return {};
  body.type = type.substr(type.rfind('/') + 1);
  body.json = json.dump();
  return {};
}

Result<Message> without_context(const MessageBody& body, const node::MessageTypes& types) {
  if (body.text) return node::message_from_text(types, body.type, *body.text);
  if (!body.raw) return node::message_from_json(types, body.type, body.json.value_or("{}"));
  const auto bytes = base64_decode(*body.raw);
  if (!bytes) return fail(ErrorCode::invalid_message, "raw is no base64");
  return node::message_from_bytes(body.type, *bytes);
}

}  // namespace

MessageBody MessageBody::read(Fields& fields) {
  MessageBody body;
  body.type = fields.text("type").value_or("");
  body.json = fields.raw("message");
  body.raw = fields.text("raw");
  body.text = fields.text("text");
  if (body.json && body.raw)
    fields.complain("raw", "stands beside message; one of the two is enough");
  if (body.text && (body.json || body.raw))
    fields.complain("text", "stands beside message or raw; one of them is enough");
  body.descriptors = fields.text("descriptors");
  if (auto meta = fields.text_map("meta"); meta && !meta->empty()) {
    std::size_t bytes = 0;
    for (const auto& [key, value] : *meta) bytes += key.size() + value.size();
    if (bytes > kMostMetadata)
      fields.complain("meta", "must be at most " + std::to_string(kMostMetadata) + " bytes");
    else
      body.context = make_context(*std::move(meta));
  }
  return body;
}

Result<MessageBody::Types> MessageBody::types(const node::Node& node) const {
  if (!descriptors) return node.types();
  const auto bytes = base64_decode(*descriptors);
  if (!bytes) return fail(ErrorCode::invalid_message, "descriptors is no base64");
  return node::MessageTypes::with(node.types(), *bytes);
}

Result<Message> to_message(MessageBody body, const Pid& to, const node::Node& node) {
  GOAKT_TRY(const MessageBody::Types types, body.types(node));
  return to_message(std::move(body), node.kinds().find(to.kind()), *types);
}

Result<Message> to_message(MessageBody body, const Kind* kind, const node::MessageTypes& types) {
  if (body.type.empty()) GOAKT_CHECK(take_embedded_type(body));
  if (body.type.empty()) {
    if (kind == nullptr || kind->accepts.size() != 1) {
      return unexpected(
          Error(ErrorCode::invalid_message, "the message has no type")
              .with_hint("name it in \"type\"; goaktctl kind list shows what a kind takes"));
    }
    body.type = kind->accepts.front()->name;
  }
  GOAKT_TRY(Message message, without_context(body, types));
  if (!body.context) return message;
  return std::move(message).with_context(std::move(body.context));
}

}  // namespace goakt::admin
