// Recorded payloads: every message within a frame and every payload by itself is decoded and
// written again to the same bytes; every recorded error is read as an error and answered as one.

#include "goakt/wire/batch.h"
#include "goakt/wire/remote_error.h"
#include "goakt/wire/serializers.h"
#include "tests/golden/golden.h"
#include "tests/golden/remoting_messages.h"
#include "tests/golden/remoting_orders.h"

#include <doctest/doctest.h>

#include <internal/delivery.pb.h>

using namespace goakt;
using namespace goakt::wire;
using golden::JsonOrder;
using golden::Order;
using golden::text;
using golden::Untagged;
using nlohmann::json;

namespace {

// A primitive has one format per node: those that were recorded in both are split over two.
Serializers cbor_node() {
  Serializers serializers;
  REQUIRE(serializers.add<Order>(Format::cbor, "main.order"));
  REQUIRE(serializers.add<Untagged>(Format::cbor, "main.untagged"));
  REQUIRE(serializers.add<std::string>(Format::cbor));
  REQUIRE(serializers.add<bool>(Format::cbor));
  REQUIRE(serializers.add<std::uint64_t>(Format::cbor));
  REQUIRE(serializers.add<double>(Format::cbor));
  return serializers;
}

Serializers json_node() {
  Serializers serializers;
  REQUIRE(serializers.add<JsonOrder>(Format::json, "main.jorder"));
  REQUIRE(serializers.add<std::uint64_t>(Format::json));
  return serializers;
}

Result<OutgoingPayload> encode_sentinel(const Sentinel& sentinel) {
  return std::visit(
      [](const auto& s) -> Result<OutgoingPayload> {
        if constexpr (std::same_as<std::remove_cvref_t<decltype(s)>, DeliveryCommand>)
          return encode(*s.envelope.template as<internalpb::DeliveryEnvelope>());
        else
          return encode(s);
      },
      sentinel);
}

bool is_undecodable(const std::string& name) {
  for (const char* word :
       {"undecodable", "empty_payload_bytes", "truncated_inner_proto", "unknown_payload_type"}) {
    if (name.find(word) != std::string::npos) return true;
  }
  return false;
}

void check_payload(const std::string& name, std::string_view payload, golden::Count& count) {
  CAPTURE(name);
  const Serializers plain;
  const Serializers cbor = cbor_node();
  const Serializers json = json_node();
  const bool is_json = name.find("json") != std::string::npos;
  const Serializers& node = name.starts_with("noser.") ? plain : is_json ? json : cbor;
  const auto incoming = node.decode(payload);
  if (is_undecodable(name) || (!incoming && name.starts_with("noser."))) {
    CHECK(!incoming);
    CHECK(incoming.error().message().starts_with("remote: "));
    count.add("refused");
    return;
  }
  REQUIRE_MESSAGE(incoming, (incoming ? "" : incoming.error().message()));
  const auto* message = std::get_if<Message>(&*incoming);
  const auto again =
      message != nullptr ? node.encode(*message) : encode_sentinel(std::get<Sentinel>(*incoming));
  REQUIRE(again);
  // Bytes behind the inner length mean nothing and are not repeated.
  const bool has_tail = name.find("inner_trailing_bytes") != std::string::npos;
  CHECK(again->to_string() == payload.substr(0, has_tail ? again->size() : payload.size()));
  count.add(message == nullptr              ? "sentinel"
            : message->is<UnknownMessage>() ? "protobuf"
                                            : "registered");
}

}  // namespace

TEST_CASE("every recorded payload is decoded and written to the same bytes") {
  golden::Count count("remoting/vectors.jsonl payloads");
  for (const json& vector : golden::load("remoting", "vectors.jsonl")) {
    const std::string name = text(vector, "name");
    const std::string bytes = golden::from_hex(text(vector, "frame_hex"));
    if (bytes.empty()) continue;
    if (text(vector, "direction") == "payload" && !name.starts_with("type.")) {
      if (text(vector, "frame_kind") != "plain") check_payload(name, bytes, count);
      continue;
    }
    if (name.starts_with("type.")) continue;  // made-up contents
    const auto frame = parse_frame(bytes, FrameKind::request);
    REQUIRE(frame);
    Batch batch;
    std::vector<std::string_view> answers;
    if (frame->type_name == kTellType) REQUIRE(parse_tell(frame->body, batch));
    if (frame->type_name == kAskType) REQUIRE(parse_ask(frame->body, batch));
    if (frame->type_name == kAskResponseType) REQUIRE(parse_ask_response(frame->body, answers));
    for (const RemoteMessage& message : batch.messages) answers.push_back(message.payload);
    for (const auto payload : answers) check_payload(name, payload, count);
  }
  CHECK(count.of("registered") > 0);
  CHECK(count.of("protobuf") > 0);
  CHECK(count.of("sentinel") > 0);
}

TEST_CASE("every recorded error is understood, and answered with the same bytes") {
  golden::Count count("remoting/vectors.jsonl errors");
  for (const json& vector : golden::load("remoting", "vectors.jsonl")) {
    if (text(vector, "type_name") != kErrorType || !vector.contains("proto_json")) continue;
    const std::string name = text(vector, "name");
    CAPTURE(name);
    const std::string bytes = golden::from_hex(text(vector, "frame_hex"));
    const auto frame = parse_frame(bytes, FrameKind::response);
    REQUIRE(frame);
    const auto answer = parse_error(frame->body);
    REQUIRE(answer);
    CHECK(answer->message == text(vector["proto_json"], "message"));
    const Error error = from_remote(*answer);
    CHECK(!error.message().empty());
    if (answer->code == RemoteCode::internal_error) CHECK(error.message() == answer->message);
    if (name.starts_with("type.")) continue;  // with fields that no server sends
    Buffer out;
    REQUIRE(append_error(out, *answer));
    CHECK(out.view() == bytes);
    count.add("answered");
  }
  CHECK(count.of("answered") > 0);
}
