#include "goakt/wire/serializers.h"

#include "goakt/message/envelope.h"
#include "tests/unit/wire/order.h"

#include <doctest/doctest.h>
#include <google/protobuf/any.pb.h>
#include <google/protobuf/wrappers.pb.h>

#include <chrono>
#include <internal/delivery.pb.h>

using namespace goakt;
using namespace goakt::wire;
using namespace std::string_literals;

namespace {

struct Plain {
  int n = 0;
};

Message text(const std::string& value) {
  auto message = Message::make<google::protobuf::StringValue>();
  message.as<google::protobuf::StringValue>()->set_value(value);
  return message;
}

std::string refusal(const Serializers& serializers, std::string_view payload) {
  const auto incoming = serializers.decode(payload);
  REQUIRE(!incoming);
  CHECK(incoming.error().code() == ErrorCode::invalid_message);
  return incoming.error().message();
}

std::string frame(std::string_view name, std::string body) {
  return OutgoingPayload::named(name, std::move(body))->to_string();
}

template <class S>
S roundtrip(Result<OutgoingPayload> payload) {
  REQUIRE(payload);
  auto sentinel = parse_sentinel(payload->to_string());
  REQUIRE(sentinel);
  REQUIRE(std::holds_alternative<S>(*sentinel));
  return std::get<S>(*std::move(sentinel));
}

constexpr const char* kAsker = "goakt://s@127.0.0.1:9000/asker";

}  // namespace

TEST_CASE("protobuf messages need no registration") {
  const Serializers serializers;
  const Message message = text("hello");
  const auto payload = serializers.encode(message);
  REQUIRE(payload);
  CHECK(payload->size() == 42);
  const auto incoming = serializers.decode(payload->to_string());
  REQUIRE(incoming);
  const auto* value = std::get<Message>(*incoming).as<google::protobuf::StringValue>();
  REQUIRE(value != nullptr);
  CHECK(value->value() == "hello");
}

TEST_CASE("a protobuf type that no actor has named travels as checked bytes") {
  const Serializers serializers;
  const auto payload = frame("google.protobuf.Int64Value", "\x08\x05");
  const auto incoming = serializers.decode(payload);
  REQUIRE(incoming);
  const auto& message = std::get<Message>(*incoming);
  REQUIRE(message.is<UnknownMessage>());
  CHECK(message.type_name() == "google.protobuf.Int64Value");
  CHECK(serializers.encode(message)->to_string() == payload);
  CHECK(!serializers.decode(frame("google.protobuf.Int64Value", "\x08")));
}

TEST_CASE("a registered type travels in its format under its name") {
  Serializers serializers;
  REQUIRE(serializers.add<Item>(Format::cbor, " Main.Item "));
  REQUIRE(serializers.add<std::string>(Format::json));
  const Message item = Message::of(Item{"s", 7});
  const std::string payload = serializers.encode(item)->to_string();
  CHECK(read_named(payload)->type_name == "main.item");
  const auto incoming = serializers.decode(payload);
  REQUIRE(incoming);
  CHECK(std::get<Message>(*incoming).as<Item>()->qty == 7);
  const auto said = serializers.decode(frame("STRING", "\"hi\""));
  REQUIRE(said);
  CHECK(*std::get<Message>(*said).as<std::string>() == "hi");
}

TEST_CASE("names and types are taken once") {
  Serializers serializers;
  REQUIRE(serializers.add<Item>(Format::cbor, "main.item"));
  CHECK(!serializers.add<Item>(Format::json, "main.item"));
  CHECK(!serializers.add<Order>(Format::cbor, "MAIN.item"));
  CHECK(!serializers.add<Order>(Format::cbor));
  CHECK(serializers.add<Order>(Format::json, "main.item"));
}

TEST_CASE("a type without a serializer is refused with GoAkt's text") {
  const Message message = Message::of(Plain{});
  const auto payload = Serializers().encode(message);
  REQUIRE(!payload);
  const std::string text = payload.error().message();
  CHECK(text.starts_with("invalid message\nno serializer found for message type "));
  CHECK(text.find("Plain") != std::string::npos);
}

TEST_CASE("what cannot be decoded is refused in the words of the serializer tried last") {
  Serializers serializers;
  CHECK(refusal(serializers, "\1\2\3") == "remote: not a reliable delivery frame");
  CHECK(refusal(serializers, "") == "remote: not a reliable delivery frame");
  CHECK(refusal(serializers, frame("acme.Unknown", "x")) ==
        "remote: not a reliable delivery frame");
  REQUIRE(serializers.add<Item>(Format::cbor, "main.item"));
  CHECK(refusal(serializers, "\1\2\3") == "remote: malformed or truncated CBOR frame");
  CHECK(refusal(serializers, frame("acme.Unknown", "x")) ==
        "remote: CBOR type not registered: acme.Unknown");
  CHECK(refusal(serializers, frame("main.item", "\xff")) ==
        "remote: failed to deserialize CBOR message");
  CHECK(refusal(serializers, frame("main.item", "\x01")) ==
        "remote: failed to deserialize CBOR message");
  REQUIRE(serializers.add<std::string>(Format::json));
  CHECK(refusal(serializers, "\1\2\3") == "remote: malformed or truncated JSON frame");
  CHECK(refusal(serializers, frame("string", "x")) == "remote: failed to deserialize JSON message");
}

TEST_CASE("tools keep what nobody knows, under its name") {
  const auto incoming = Serializers().decode(frame("acme.Unknown", "x"), UnknownTypes::keep);
  REQUIRE(incoming);
  CHECK(std::get<Message>(*incoming).type_name() == "acme.Unknown");
  CHECK(!Serializers().decode("\1\2\3", UnknownTypes::keep));
}

TEST_CASE("sentinels come back as they were") {
  roundtrip<PoisonPill>(encode(PoisonPill{}));

  const Time at(std::chrono::nanoseconds(1'700'000'000'000'000'123));
  const auto terminated = roundtrip<Terminated>(encode(Terminated{*Address::parse(kAsker), at}));
  CHECK(terminated.actor.text() == kAsker);
  CHECK(terminated.at == at);
  CHECK(roundtrip<Terminated>(encode(Terminated{})).actor.is_nobody());

  auto request =
      roundtrip<AsyncRequest>(encode(AsyncRequest{"c-1", ReplyKind::actor, kAsker, text("q")}));
  CHECK(request.correlation_id == "c-1");
  CHECK(request.reply_to == kAsker);
  CHECK(request.message.as<google::protobuf::StringValue>()->value() == "q");
  CHECK(roundtrip<AsyncRequest>(
            encode(AsyncRequest{"c-1", ReplyKind::grain, "main.counter/c1", text("q")}))
            .reply_kind == ReplyKind::grain);

  const auto response =
      roundtrip<AsyncResponse>(encode(AsyncResponse{"c-1", Message(), "request timed out"}));
  CHECK(response.error == "request timed out");
  CHECK(!response.message);

  internalpb::DeliveryEnvelope command;
  command.mutable_register_consumer()->set_nonce("n");
  CHECK(roundtrip<DeliveryCommand>(encode(command)).envelope.is<internalpb::DeliveryEnvelope>());
}

TEST_CASE("a sentinel that its receiver would refuse is not sent") {
  CHECK(!encode(AsyncRequest{"c", ReplyKind::actor, "nowhere", text("q")}));
  CHECK(!encode(AsyncRequest{"c", ReplyKind::grain, "kind/", text("q")}));
  CHECK(!encode(AsyncRequest{"c", ReplyKind::client, kAsker, text("q")}));
  CHECK(!encode(AsyncRequest{"c", ReplyKind::actor, kAsker, Message()}));
  CHECK(!encode(AsyncRequest{"c", ReplyKind::actor, kAsker, Message::of(Plain{})}));
  CHECK(!encode(internalpb::DeliveryEnvelope()));
  internalpb::DeliveryEnvelope command;
  command.mutable_request()->set_session_id("s");
  command.mutable_request()->set_registration_nonce(" ");
  CHECK(!encode(command));
  command.mutable_request()->set_registration_nonce("n");
  CHECK(encode(command));
  command.mutable_request()->set_confirmed_seq(5);
  CHECK(!encode(command));  // asks for less than it has
}

TEST_CASE("a sentinel cut anywhere is none") {
  const std::string payload = encode(Terminated{*Address::parse(kAsker), Time{}}).to_string();
  for (std::size_t length = 0; length < payload.size(); ++length)
    CHECK(!parse_sentinel(std::string_view(payload).substr(0, length)));
  CHECK(!parse_sentinel(payload + "x"));
}
