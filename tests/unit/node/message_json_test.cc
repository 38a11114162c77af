#include "goakt/node/message_json.h"

#include <doctest/doctest.h>
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/wrappers.pb.h>

using namespace goakt;
using namespace goakt::node;

namespace {

struct Plain {
  int value = 0;
};

const MessageTypes& types() {
  static const MessageTypes types;
  return types;
}

std::string round_trip(std::string_view type, std::string_view json) {
  auto message = message_from_json(types(), type, json);
  if (!message) return "error: " + message.error().message();
  auto text = json_from_message(types(), *message);
  return text ? *text : "error: " + text.error().message();
}

}  // namespace

TEST_CASE("JSON becomes a message of its registered type and back") {
  static_cast<void>(message_type<google::protobuf::StringValue>());
  const auto message = message_from_json(types(), "google.protobuf.StringValue", "\"hi\"");
  REQUIRE(message);
  REQUIRE(message->as<google::protobuf::StringValue>() != nullptr);
  CHECK(message->as<google::protobuf::StringValue>()->value() == "hi");
  CHECK(json_from_message(types(), *message) == std::string("\"hi\""));
}

TEST_CASE("a type that is compiled in but not registered travels as bytes and prints the same") {
  const auto message =
      message_from_json(types(), "google.protobuf.Timestamp", "\"1970-01-01T00:00:01Z\"");
  REQUIRE(message);
  CHECK(message->is<UnknownMessage>());
  CHECK(message->type_name() == "google.protobuf.Timestamp");
  CHECK(round_trip("google.protobuf.Timestamp", "\"1970-01-01T00:00:01Z\"") ==
        "\"1970-01-01T00:00:01Z\"");
}

TEST_CASE("unknown types, unknown fields and wrong values are invalid messages that say where") {
  const auto unknown = message_from_json(types(), "no.such.Type", "{}");
  REQUIRE(!unknown);
  CHECK(unknown.error().is(ErrorCode::invalid_message));
  CHECK(unknown.error().message().find("no.such.Type") != std::string::npos);
  static_cast<void>(message_type<google::protobuf::Int64Value>());
  for (const char* bad : {"\"x\"", "{", "", "1.5", "\"99999999999999999999\""}) {
    const auto message = message_from_json(types(), "google.protobuf.Int64Value", bad);
    REQUIRE_MESSAGE(!message, bad);
    CHECK(message.error().is(ErrorCode::invalid_message));
  }
  const auto field = message_from_json(types(), "google.protobuf.Duration", "{\"secs\":1}");
  CHECK(!field);
}

TEST_CASE("bytes of an unknown type keep name and content, a C++ type shows its name") {
  const auto message = message_from_bytes("other.Type", "\x01\xff");
  REQUIRE(message);
  CHECK(json_from_message(types(), *message) ==
        std::string("{\"@type\":\"other.Type\",\"@raw\":\"Af8=\"}"));
  CHECK(!message_from_bytes("", "x"));
  const auto plain = json_from_message(types(), Message::of(Plain{1}));
  REQUIRE(plain);
  CHECK(plain->find("Plain") != std::string::npos);
  CHECK(json_from_message(types(), Message()) == std::string("null"));
}
