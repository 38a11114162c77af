// Every recorded frame is read, its message compared with the recorded one, and written again to
// the same bytes.

#include "goakt/base/text.h"
#include "goakt/wire/batch.h"
#include "goakt/wire/frame.h"
#include "goakt/wire/payload.h"
#include "tests/golden/golden.h"
#include "tests/golden/remoting_messages.h"

#include <doctest/doctest.h>
#include <google/protobuf/unknown_field_set.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/message_differencer.h>
#include <google/protobuf/wrappers.pb.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <iostream>
#include <set>

using namespace goakt;
using namespace goakt::wire;
using golden::text;
using nlohmann::json;

namespace {

bool is_frame(const json& vector) {
  const std::string kind = text(vector, "frame_kind");
  return kind == "plain" || kind == "metadata";
}

FrameKind kind_of(const json& vector) {
  return text(vector, "direction") == "response" ? FrameKind::response : FrameKind::request;
}

std::string sha256(std::string_view data) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(data.data()), data.size(), digest.data());
  return hex_encode({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

bool has_unknown_fields(const google::protobuf::Message& message) {
  return !message.GetReflection()->GetUnknownFields(message).empty();
}

void check_metadata(const json& vector, const Frame& frame) {
  if (!vector.contains("metadata")) {
    CHECK(frame.metadata.empty());
    return;
  }
  const auto metadata = Metadata::parse(frame.metadata);
  REQUIRE(metadata);
  const json& expected = vector["metadata"];
  const std::int64_t remaining = expected["remaining_nanos"];
  CHECK(metadata->remaining.value_or(std::chrono::nanoseconds(0)).count() == remaining);
  CHECK(metadata->headers.size() == expected["headers"].size());
  for (const auto& [key, value] : expected["headers"].items()) {
    const Header* header = find_header(metadata->headers, key);
    REQUIRE(header != nullptr);
    CHECK(header->value == value.get<std::string>());
  }
  // What the block says is written to the same bytes; stray ones behind it are not ours to repeat.
  std::string block(metadata->size().value_or(0), '\0');
  metadata->write(block.data());
  CHECK(block == frame.metadata.substr(0, block.size()));
  CHECK((block.size() == frame.metadata.size() ||
         text(vector, "name").find("trailing") != std::string::npos));
}

std::string again(const Frame& frame, const google::protobuf::Message& message) {
  Buffer out;
  OpenFrame open = frame.has_metadata ? OpenFrame(out, frame.type_name, frame.metadata)
                                      : OpenFrame(out, frame.type_name);
  out.append(message.SerializeAsString());
  CHECK(open.close());
  return std::string(out.view());
}

// The hot frames once more, by the code that nodes read and write them with.
void check_batch(const Frame& frame, std::string_view recorded, golden::Count& count) {
  Buffer out;
  OpenFrame open = frame.has_metadata ? OpenFrame(out, frame.type_name, frame.metadata)
                                      : OpenFrame(out, frame.type_name);
  if (frame.type_name == kAskResponseType) {
    std::vector<std::string_view> answers;
    REQUIRE(parse_ask_response(frame.body, answers));
    std::vector<OutgoingPayload> payloads;
    for (const auto answer : answers) payloads.push_back(OutgoingPayload::raw_view(answer));
    out.clear();
    REQUIRE(append_ask_response(out, payloads));
  } else if (frame.type_name == kTellType || frame.type_name == kAskType) {
    Batch batch;
    REQUIRE((frame.type_name == kTellType ? parse_tell(frame.body, batch)
                                          : parse_ask(frame.body, batch)));
    BatchWriter writer(out, open, kLargestMaxFrameSize);
    for (const RemoteMessage& message : batch.messages)
      REQUIRE(*writer.add(message.sender, message.receiver,
                          OutgoingPayload::raw_view(message.payload), batch.headers_of(message)));
    REQUIRE(writer.finish(batch.timeout));
  } else {
    return;
  }
  CHECK(out.view() == recorded);
  count.add("batch");
}

void check_frame(const json& vector, std::string_view recorded, golden::Count& count) {
  const auto frame = parse_frame(recorded, kind_of(vector));
  REQUIRE(frame);
  CHECK(frame->type_name == text(vector, "type_name"));
  CHECK(frame->has_metadata == (text(vector, "frame_kind") == "metadata"));
  check_metadata(vector, *frame);

  const auto message = golden::new_message(std::string(frame->type_name));
  REQUIRE(message != nullptr);
  REQUIRE(message->ParseFromArray(frame->body.data(), static_cast<int>(frame->body.size())));
  if (vector.contains("proto_json")) {
    const auto expected = golden::new_message(std::string(frame->type_name));
    const auto status =
        google::protobuf::util::JsonStringToMessage(vector["proto_json"].dump(), expected.get());
    INFO(status.ToString());
    REQUIRE(status.ok());
    CHECK(google::protobuf::util::MessageDifferencer::Equals(*message, *expected));
  }
  CHECK(!has_unknown_fields(*message));
  CHECK(again(*frame, *message) == recorded);
  check_batch(*frame, recorded, count);
}

// The rule "value[i] = (31*i + 7) mod 256" of the vectors that are too long to be written out.
std::string generated(const json& vector) {
  std::string value(1'048'576, '\0');
  for (std::size_t i = 0; i < value.size(); ++i) value[i] = static_cast<char>((31 * i + 7) % 256);
  google::protobuf::BytesValue message;
  message.set_value(std::move(value));
  const auto payload = OutgoingPayload::of(message);
  Buffer out;
  if (kind_of(vector) == FrameKind::response) {
    CHECK(append_ask_response(out, {&*payload, 1}));
  } else {
    BatchWriter batch(out, kAskType);
    CHECK(*batch.add("goakt://client@127.0.0.1:21599/caller", "goakt://golden@127.0.0.1:21501/echo",
                     *payload));
    CHECK(batch.finish(std::chrono::seconds(5)));
  }
  return std::string(out.view());
}

}  // namespace

TEST_CASE("every recorded frame is read as recorded and written to the same bytes") {
  golden::Count count("remoting/vectors.jsonl");
  std::set<std::string> types;
  for (const json& vector : golden::load("remoting", "vectors.jsonl")) {
    if (!is_frame(vector)) continue;
    const std::string name = text(vector, "name");
    CAPTURE(name);
    std::string recorded = golden::from_hex(text(vector, "frame_hex"));
    if (vector.contains("generator")) {
      recorded = generated(vector);
      CHECK(recorded.size() == vector["frame_len"].get<std::size_t>());
      CHECK(sha256(recorded) == text(vector, "frame_sha256"));
      count.add("generated");
    }
    check_frame(vector, recorded, count);
    count.add(text(vector, "frame_kind"));
    types.insert(text(vector, "type_name"));
  }
  std::cout << types.size() << " message types\n";
  CHECK(count.of("plain") > 0);
  CHECK(count.of("metadata") > 0);
  CHECK(count.of("batch") > 0);
}

TEST_CASE("a stream of all recorded frames is cut where they end, whatever comes at once") {
  std::string stream;
  std::vector<std::size_t> lengths;
  for (const json& vector : golden::load("remoting", "vectors.jsonl")) {
    if (!is_frame(vector) || vector.contains("generator")) continue;
    stream += golden::from_hex(text(vector, "frame_hex"));
    lengths.push_back(vector["frame_len"]);
  }
  for (const std::size_t step : {std::size_t{13}, std::size_t{4096}, stream.size()}) {
    FrameReader reader;
    std::size_t frames = 0;
    std::string_view rest = stream;
    while (!rest.empty()) {
      const auto room = reader.room();
      const std::size_t taken = std::min({step, room.size(), rest.size()});
      std::memcpy(room.data(), rest.data(), taken);
      reader.commit(taken);
      rest.remove_prefix(taken);
      for (auto next = reader.next(); next && *next; next = reader.next())
        CHECK((*next)->size() == lengths.at(frames++));
    }
    CHECK(frames == lengths.size());
    CHECK(reader.pending() == 0);
  }
}
