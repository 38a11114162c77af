#include "goakt/wire/batch.h"

#include "goakt/wire/payload.h"

#include <doctest/doctest.h>
#include <google/protobuf/wrappers.pb.h>

#include <internal/remoting.pb.h>
#include <string>

using namespace goakt;
using namespace goakt::wire;
using namespace std::chrono_literals;
using namespace std::string_literals;

namespace {

constexpr const char* kEcho = "goakt://s@127.0.0.1:9000/echo";
constexpr const char* kCaller = "goakt://s@127.0.0.1:9001/caller";

google::protobuf::StringValue text(const std::string& value) {
  google::protobuf::StringValue message;
  message.set_value(value);
  return message;
}

std::string_view body_of(const Buffer& out) {
  const auto frame = parse_frame(out.view(), FrameKind::request);
  REQUIRE(frame);
  return frame->body;
}

}  // namespace

TEST_CASE("a batch written by hand has the bytes that protobuf's class writes") {
  const auto hello = text("hello");
  Buffer out;
  BatchWriter batch(out, kAskType);
  REQUIRE(*batch.add(kCaller, kEcho, *OutgoingPayload::of(hello)));
  const Header header{"trace", "1"};
  REQUIRE(*batch.add("", kEcho, OutgoingPayload::raw("pill"), {&header, 1}));
  REQUIRE(*batch.add("", "", OutgoingPayload::raw("")));
  REQUIRE(batch.finish(1500ms));

  internalpb::RemoteAskRequest request;
  auto* first = request.add_remote_messages();
  first->set_sender(kCaller);
  first->set_receiver(kEcho);
  first->set_message(OutgoingPayload::of(hello)->to_string());
  auto* second = request.add_remote_messages();
  second->set_receiver(kEcho);
  second->set_message("pill");
  (*second->mutable_metadata())["trace"] = "1";
  request.add_remote_messages();
  request.mutable_timeout()->set_seconds(1);
  request.mutable_timeout()->set_nanos(500'000'000);
  Buffer expected;
  REQUIRE(append_frame(expected, request));
  CHECK(out.view() == expected.view());
}

TEST_CASE("a batch comes back as views into its frame") {
  const auto hello = text("hello");
  Buffer out;
  BatchWriter batch(out, kAskType);
  const Header header{"trace", "1"};
  REQUIRE(*batch.add(kCaller, kEcho, *OutgoingPayload::of(hello), {&header, 1}));
  REQUIRE(batch.finish(-1ns));
  Batch read;
  REQUIRE(parse_ask(body_of(out), read));
  REQUIRE(read.messages.size() == 1);
  CHECK(read.messages[0].sender == kCaller);
  CHECK(read.messages[0].receiver == kEcho);
  REQUIRE(read.headers_of(read.messages[0]).size() == 1);
  CHECK(read.headers_of(read.messages[0])[0] == header);
  CHECK(read.timeout == -1ns);
  const auto payload = read_named(read.messages[0].payload);
  REQUIRE(payload);
  CHECK(payload->type_name == "google.protobuf.StringValue");
  CHECK(payload->body.data() > out.data());
  CHECK(payload->body.data() < out.data() + out.size());
  REQUIRE(parse_tell(body_of(out), read));
  CHECK(!read.timeout);  // a tell has none: its field means nothing
}

TEST_CASE("a full batch refuses the next message and stays what it was") {
  Buffer out;
  BatchWriter batch(out, kTellType, kSmallestMaxFrameSize);
  const auto large = text(std::string(10'000, 'x'));
  REQUIRE(*batch.add(kCaller, kEcho, *OutgoingPayload::of(large)));
  const std::size_t size = batch.size();
  const auto second = batch.add(kCaller, kEcho, *OutgoingPayload::of(large));
  REQUIRE(second);
  CHECK(!*second);
  CHECK(batch.size() == size);
  CHECK(batch.count() == 1);
  REQUIRE(batch.finish());
  Batch read;
  REQUIRE(parse_tell(body_of(out), read));
  CHECK(read.messages.size() == 1);
}

TEST_CASE("a message that fits no frame is an error that says so") {
  Buffer out;
  BatchWriter batch(out, kTellType, kSmallestMaxFrameSize);
  const auto large = text(std::string(20'000, 'x'));
  const auto refused = batch.add(kCaller, kEcho, *OutgoingPayload::of(large));
  REQUIRE(!refused);
  CHECK(refused.error().code() == ErrorCode::invalid_message);
  CHECK(!refused.error().hint().empty());
}

TEST_CASE("text that is not UTF-8 is refused here, because the peer would close the connection") {
  Buffer out;
  BatchWriter batch(out);
  const Header header{"\xff", ""};
  CHECK(!batch.add("\xff", kEcho, OutgoingPayload::raw("x")));
  CHECK(!batch.add("", "\xff", OutgoingPayload::raw("x")));
  CHECK(!batch.add("", kEcho, OutgoingPayload::raw("x"), {&header, 1}));
  CHECK(batch.count() == 0);
}

TEST_CASE("a corrupt batch has no messages at all") {
  Buffer out;
  BatchWriter batch(out);
  REQUIRE(*batch.add("", kEcho, OutgoingPayload::raw("x")));
  REQUIRE(batch.finish());
  const std::string body(body_of(out));
  Batch read;
  for (std::size_t length = 1; length < body.size(); ++length) {
    CHECK(!parse_tell(body.substr(0, length), read));
    CHECK(read.messages.empty());
  }
  CHECK(!parse_tell("\x0a\x04\x0a\x02\xff\xfe"s, read));  // a sender that is not UTF-8
  CHECK(!parse_tell("\x02\x01"s, read));                  // field number 0
  CHECK(!parse_tell("\x0c"s, read));                      // the end of a group that never began
}

TEST_CASE("fields of tomorrow are skipped, whatever they look like") {
  const auto group = [](int depth) {
    return std::string(static_cast<std::size_t>(depth), '\x23') +
           std::string(static_cast<std::size_t>(depth), '\x24');
  };
  Batch read;
  CHECK(parse_tell("\x9a\x06\x01x"s, read));  // bytes
  CHECK(
      parse_tell("\x20\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"s, read));  // a number of ten bytes
  CHECK(!parse_tell("\x20\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"s, read));
  CHECK(
      parse_tell("\x25"
                 "1234"s,
                 read));
  CHECK(
      !parse_tell("\x25"
                  "123"s,
                  read));
  CHECK(
      parse_tell("\x21"
                 "12345678"s,
                 read));
  CHECK(
      !parse_tell("\x21"
                  "1234567"s,
                  read));
  CHECK(parse_tell("\x23\x20\x07\x24"s, read));   // a group with a number in it
  CHECK(!parse_tell("\x23\x20\x07\x2c"s, read));  // ended by another's end
  CHECK(!parse_tell("\x23\x20\x07"s, read));
  CHECK(parse_tell(group(100), read));
  CHECK(!parse_tell(group(101), read));
  CHECK(!parse_tell("\xe0\xc0\xef\xef\xec\x0a\x3d"s, read));  // a tag of six bytes
  CHECK(!parse_tell("\x26"s, read));                          // of no kind that there is
}

TEST_CASE("texts of any length and letters travel") {
  for (const std::size_t length : {0u, 1u, 15u, 16u, 17u, 31u, 32u, 33u, 127u, 128u, 300u}) {
    const std::string ascii(length, 'a');
    const std::string other = ascii + "\xc3\xa4";
    Buffer out;
    BatchWriter batch(out);
    REQUIRE(*batch.add(ascii, other, OutgoingPayload::raw(ascii)));
    CHECK(!batch.add(ascii + "\xc3", other, OutgoingPayload::raw("x")));
    CHECK(!batch.add(ascii, "\xff" + ascii, OutgoingPayload::raw("x")));
    REQUIRE(*batch.add(other, ascii, OutgoingPayload::raw("")));
    REQUIRE(batch.finish());
    Batch read;
    REQUIRE(parse_tell(body_of(out), read));
    REQUIRE(read.messages.size() == 2);
    CHECK(read.messages[0].sender == ascii);
    CHECK(read.messages[0].receiver == other);
    CHECK(read.messages[0].payload == ascii);
    CHECK(read.messages[1].sender == other);
    CHECK(read.messages[1].receiver == ascii);
    CHECK(read.messages[1].payload.empty());
  }
}

TEST_CASE("a frame of empty messages does not take many times its memory") {
  std::string body;
  for (int i = 0; i < 100'000; ++i) body += "\x0a\0"s;
  Batch read;
  CHECK(!parse_tell(body, read));
  std::vector<std::string_view> answers;
  CHECK(!parse_ask_response(body, answers));
}

TEST_CASE("the answers of an ask keep the order of the questions") {
  const auto one = text("one");
  std::vector<OutgoingPayload> answers;
  answers.push_back(*OutgoingPayload::of(one));
  answers.push_back(OutgoingPayload::raw(""));
  Buffer out;
  REQUIRE(append_ask_response(out, answers));
  const auto frame = parse_frame(out.view(), FrameKind::response);
  REQUIRE(frame);
  CHECK(frame->type_name == "internalpb.RemoteAskResponse");
  std::vector<std::string_view> read;
  REQUIRE(parse_ask_response(frame->body, read));
  REQUIRE(read.size() == 2);
  CHECK(read_named(read[0])->type_name == "google.protobuf.StringValue");
  CHECK(read[1].empty());
  CHECK(!append_ask_response(out, answers, 40));
}
