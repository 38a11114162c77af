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

}  // namespace

MessageBody MessageBody::read(Fields& fields) {
  MessageBody body;
  body.type = fields.text("type").value_or("");
  body.json = fields.raw("message");
  body.raw = fields.text("raw");
  if (body.json && body.raw)
    fields.complain("raw", "stands beside message; one of the two is enough");
  return body;
}

Result<Message> to_message(MessageBody body, const Pid& to, const Kinds& kinds) {
  if (body.type.empty()) GOAKT_CHECK(take_embedded_type(body));
  if (body.type.empty()) {
    const Kind* kind = kinds.find(to.kind());
    if (kind == nullptr || kind->accepts.size() != 1) {
      return unexpected(
          Error(ErrorCode::invalid_message, "the message has no type")
              .with_hint("name it in \"type\"; goaktctl kind list shows what a kind takes"));
    }
    body.type = kind->accepts.front()->name;
  }
  if (body.raw) {
    const auto bytes = base64_decode(*body.raw);
    if (!bytes) return fail(ErrorCode::invalid_message, "raw is no base64");
    return node::message_from_bytes(body.type, *bytes);
  }
  return node::message_from_json(body.type, body.json.value_or("{}"));
}

}  // namespace goakt::admin
