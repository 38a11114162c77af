#include "goakt/wire/frame.h"

#include <doctest/doctest.h>
#include <google/protobuf/wrappers.pb.h>

#include <algorithm>
#include <cstring>
#include <internal/remoting.pb.h>
#include <string>
#include <vector>

using namespace goakt;
using namespace goakt::wire;
using namespace std::chrono_literals;
using namespace std::string_literals;

namespace {

internalpb::RemoteLookupRequest lookup(const std::string& name) {
  internalpb::RemoteLookupRequest request;
  request.set_host("127.0.0.1");
  request.set_port(9000);
  request.set_name(name);
  return request;
}

void give(FrameReader& reader, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto room = reader.room();
    REQUIRE(!room.empty());
    const std::size_t count = std::min(room.size(), bytes.size());
    std::memcpy(room.data(), bytes.data(), count);
    reader.commit(count);
    bytes.remove_prefix(count);
  }
}

}  // namespace

TEST_CASE("a plain frame is its lengths, the type's name and the message") {
  Buffer out;
  REQUIRE(append_frame(out, lookup("echo")));
  CHECK(out.view().substr(0, 8) == "\0\0\0\x3a\0\0\0\x1e"s);
  const auto frame = parse_frame(out.view(), FrameKind::request);
  REQUIRE(frame);
  CHECK(frame->type_name == "internalpb.RemoteLookupRequest");
  CHECK(!frame->has_metadata);
  CHECK(frame->body == lookup("echo").SerializeAsString());
}

TEST_CASE("a metadata frame has its three lengths first") {
  Buffer out;
  const Metadata metadata{.headers = {{"traceparent", "00-1"}}, .remaining = 5s};
  REQUIRE(append_frame(out, lookup("echo"), &metadata));
  CHECK(out.view().substr(4, 8) == "\0\0\0\x1e\0\0\0\x1d"s);
  const auto frame = parse_frame(out.view(), FrameKind::request);
  REQUIRE(frame);
  CHECK(frame->has_metadata);
  CHECK(frame->body == lookup("echo").SerializeAsString());
  const auto read = Metadata::parse(frame->metadata);
  REQUIRE(read);
  CHECK(read->headers == metadata.headers);
  CHECK(read->remaining == metadata.remaining);
}

TEST_CASE("a length that does not fit closes, and none wraps around") {
  const auto refused = [](std::string bytes) {
    const auto frame = parse_frame(bytes, FrameKind::request);
    return !frame && frame.error().code() == ErrorCode::invalid_remote_message;
  };
  CHECK(refused(""));
  CHECK(refused("\0\0\0\x08\0\0\0"s));
  CHECK(refused("\0\0\0\x09\0\0\0\0"s));                          // shorter than it says
  CHECK(refused("\0\0\0\x08\xff\xff\xff\xff"s));                  // a name of 4 GiB
  CHECK(refused("\0\0\0\x0c\xff\xff\xff\xf4\xff\xff\xff\xff"s));  // both wrap to fit in 32 bits
  CHECK(parse_frame("\0\0\0\x08\0\0\0\0"s, FrameKind::request));  // names no type, but is a frame
}

TEST_CASE("a client reads an answer with corrupt metadata as a plain frame, a server refuses it") {
  Buffer out;
  OpenFrame frame(out, "acme.X", "short");
  REQUIRE(frame.close());
  CHECK(!parse_frame(out.view(), FrameKind::request));
  const auto response = parse_frame(out.view(), FrameKind::response);
  REQUIRE(response);
  CHECK(!response->has_metadata);
}

TEST_CASE("a frame over the limit is refused and leaves what was written before it") {
  Buffer out;
  out.append("before");
  google::protobuf::StringValue value;
  value.set_value(std::string(100, 'x'));
  const auto refused = append_frame(out, value, nullptr, 64);
  REQUIRE(!refused);
  CHECK(refused.error().code() == ErrorCode::invalid_message);
  CHECK(out.view() == "before");

  OpenFrame frame(out, "acme.X");
  out.append(std::string(100, 'x'));
  CHECK(!frame.close(64));
  CHECK(out.view() == "before");
}

TEST_CASE("frames come out whole, however the stream was cut") {
  Buffer out;
  for (const char* name : {"a", "echo", "a-longer-name"}) REQUIRE(append_frame(out, lookup(name)));
  for (const std::size_t step : {std::size_t{1}, std::size_t{7}, std::size_t{60}, out.size()}) {
    FrameReader reader;
    std::vector<std::string> bodies;
    for (std::size_t at = 0; at < out.size(); at += step) {
      give(reader, out.view().substr(at, step));
      for (;;) {
        const auto next = reader.next();
        REQUIRE(next);
        if (!*next) break;
        bodies.emplace_back(parse_frame(**next, FrameKind::request)->body);
      }
    }
    CHECK(reader.pending() == 0);
    REQUIRE(bodies.size() == 3);
    CHECK(bodies[2] == lookup("a-longer-name").SerializeAsString());
  }
}

TEST_CASE("a length alone takes no memory") {
  FrameReader reader;
  give(reader, "\x01\0\0\0"s);  // 16 MiB, the limit
  REQUIRE(reader.next());
  CHECK(!*reader.next());
  CHECK(reader.room().size() < 100'000);
  CHECK(reader.capacity() < 100'000);
}

TEST_CASE("a length beyond the limit, or below the shortest, is an error that stays") {
  for (const auto& start : {"\x01\0\0\x01"s, "\0\0\0\x07"s, "\0\0\0\0"s, "GET "s}) {
    FrameReader reader;
    give(reader, start);
    CHECK(!reader.next());
    give(reader, "more");
    CHECK(!reader.next());
  }
  FrameReader small(kSmallestMaxFrameSize);
  give(small, "\0\0\x40\x01"s);
  CHECK(!small.next());
}

TEST_CASE("the memory of a large frame is given back") {
  google::protobuf::BytesValue value;
  value.set_value(std::string(3'000'000, 'x'));
  Buffer out;
  REQUIRE(append_frame(out, value));
  FrameReader reader;
  give(reader, out.view());
  const auto frame = reader.next();
  REQUIRE(frame);
  REQUIRE(*frame);
  CHECK(**frame == out.view());
  CHECK(reader.capacity() > 3'000'000);
  CHECK(reader.capacity() < 6'000'000);
  reader.room();
  CHECK(reader.capacity() < 100'000);
}
