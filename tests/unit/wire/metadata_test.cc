#include "goakt/wire/metadata.h"

#include "goakt/message/context.h"
#include "goakt/wire/durations.h"

#include <doctest/doctest.h>
#include <google/protobuf/duration.pb.h>

#include <string>

using namespace goakt;
using namespace goakt::wire;
using namespace std::chrono_literals;
using namespace std::string_literals;
using std::chrono::nanoseconds;

namespace {

std::string written(const Metadata& metadata) {
  std::string block(metadata.size().value_or(0), '?');
  CHECK(metadata.write(block.data()) == block.data() + block.size());
  return block;
}

}  // namespace

TEST_CASE("a remaining time of exactly zero travels as passed, because zero says there is none") {
  CHECK(written({.headers = {}, .remaining = {}}) == std::string(10, '\0'));
  CHECK(written({.headers = {}, .remaining = 0ns}) == "\0\0"s + std::string(8, '\xff'));
  const auto read = Metadata::parse("\0\0"s + std::string(8, '\xff'));
  REQUIRE(read);
  CHECK(read->remaining == -1ns);
}

TEST_CASE("headers may be empty, repeated and in any letter case; the last one counts") {
  const std::string block =
      written({.headers = {{"", ""}, {"X-Trace", "1"}, {"x-trace", "2"}}, .remaining = 1s});
  const auto read = Metadata::parse(block);
  REQUIRE(read);
  CHECK(read->headers.size() == 3);
  const Header* found = find_header(read->headers, "X-TRACE");
  REQUIRE(found != nullptr);
  CHECK(found->value == "2");
  CHECK(find_header(read->headers, "absent") == nullptr);
  const ContextRef context = context_of(read->headers);
  REQUIRE(context);
  CHECK(*context->find("x-trace") == "2");
  CHECK(headers_of(context.get()).size() == 2);
}

TEST_CASE("no headers are no context") {
  CHECK(!context_of({}));
  CHECK(headers_of(nullptr).empty());
}

TEST_CASE("a block cut anywhere is corrupt, one with more behind it is not") {
  const std::string block = written({.headers = {{"key", "value"}}, .remaining = 3s});
  for (std::size_t length = 0; length < block.size(); ++length)
    CHECK(!Metadata::parse(std::string_view(block).substr(0, length)));
  CHECK(Metadata::parse(block + "tail"));
}

TEST_CASE("a count of headers alone takes no memory") {
  CHECK(!Metadata::parse("\xff\xff"s + std::string(8, '\0')));
}

TEST_CASE("what a block cannot say is refused by its sender") {
  const std::string longest(65535, 'x');
  const std::string longer(65536, 'x');
  CHECK(Metadata{.headers = {{longest, longest}}, .remaining = {}}.size());
  CHECK(!Metadata{.headers = {{longer, ""}}, .remaining = {}}.size());
  CHECK(!Metadata{.headers = {{"", longer}}, .remaining = {}}.size());
  CHECK(!Metadata{.headers = std::vector<Header>(65536), .remaining = {}}.size());
}

TEST_CASE("durations beyond 292 years become the longest there is") {
  CHECK(to_nanoseconds(5, 300) == 5s + 300ns);
  CHECK(to_nanoseconds(0, -1) == -1ns);
  CHECK(to_nanoseconds(1'000'000'000'000, 0) == nanoseconds::max());
  CHECK(to_nanoseconds(-1'000'000'000'000, 0) == nanoseconds::min());
  CHECK(to_nanoseconds(9'223'372'036, 999'999'999) == nanoseconds::max());
  google::protobuf::Duration duration;
  set_duration(duration, -1500ms);
  CHECK(duration.seconds() == -1);
  CHECK(duration.nanos() == -500'000'000);
  CHECK(to_nanoseconds(duration) == -1500ms);
}

TEST_CASE("a deadline beyond the end of time is the end of time") {
  using Time = std::chrono::steady_clock::time_point;
  const Time now{100s};
  CHECK(deadline_after(now, 5s) == Time{105s});
  CHECK(deadline_after(now, nanoseconds::max()) == Time::max());
  CHECK(deadline_after(Time{-100s}, nanoseconds::min()) == Time::min());
}
