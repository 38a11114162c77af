#include "goakt/wire/remote_error.h"

#include "goakt/base/errors.h"
#include "goakt/wire/frame.h"

#include <doctest/doctest.h>

using namespace goakt;
using namespace goakt::wire;

TEST_CASE("errors get the code that GoAkt's server answers with") {
  const auto code = [](const Error& error) { return to_remote(error).code; };
  CHECK(code(errors::address_not_found("x")) == RemoteCode::not_found);
  CHECK(code(Error(ErrorCode::cluster_disabled)) == RemoteCode::failed_precondition);
  CHECK(code(errors::actor_already_exists("x")) == RemoteCode::already_exists);
  CHECK(code(Error(ErrorCode::invalid_host)) == RemoteCode::invalid_argument);
  CHECK(code(Error(ErrorCode::write_quorum)) == RemoteCode::unavailable);
  CHECK(code(Error(ErrorCode::mailbox_full)) == RemoteCode::internal_error);
  const auto timeout = to_remote(errors::remote_send_failure(Error(ErrorCode::request_timeout)));
  CHECK(timeout.code == RemoteCode::deadline_exceeded);
  CHECK(timeout.message == "remote send failed\nrequest timed out");
  CHECK(to_remote(RemoteCode::failed_precondition, errors::actor_not_found("GoAktX")).message ==
        "(actor=GoAktX) actor not found");
}

TEST_CASE("answers become the errors that GoAkt's client names") {
  const auto read = [](RemoteCode code, std::string text) {
    return from_remote({code, std::move(text)});
  };
  const Error absent = read(RemoteCode::not_found, "(actor address=x) address not found");
  CHECK(absent.code() == ErrorCode::address_not_found);
  CHECK(absent.message() == "address not found");
  CHECK(absent.hint().find("address=x") != std::string_view::npos);
  CHECK(read(RemoteCode::deadline_exceeded, "x").code() == ErrorCode::request_timeout);
  CHECK(read(RemoteCode::unavailable, "x").code() == ErrorCode::remote_send_failure);
  CHECK(read(RemoteCode::already_exists, "x").code() == ErrorCode::actor_already_exists);
  CHECK(read(RemoteCode::already_exists, "singleton already exists").code() ==
        ErrorCode::singleton_already_exists);
  CHECK(read(RemoteCode::failed_precondition, "cluster is not enabled").code() ==
        ErrorCode::cluster_disabled);
  CHECK(read(RemoteCode::failed_precondition, "(actor=GoAktX) actor not found").message() ==
        "(actor=GoAktX) actor not found");
  CHECK(read(RemoteCode::invalid_argument, "invalid host").message() ==
        "invalid argument: invalid host");
  CHECK(read(RemoteCode::unknown, "grain failure").message() == "grain failure");
}

TEST_CASE("joined errors are known again, line by line") {
  const std::string text = "remote send failed\nactor is not alive";
  const Error error = from_remote({RemoteCode::internal_error, text});
  CHECK(error.is(ErrorCode::remote_send_failure));
  CHECK(error.is(ErrorCode::dead));
  CHECK(error.message() == text);
  const Error mixed = from_remote({RemoteCode::internal_error, "preStart failed\ninit refused"});
  CHECK(mixed.is(ErrorCode::init_failure));
  CHECK(mixed.message() == "preStart failed\ninit refused");
}

TEST_CASE("every code and text crosses the wire, what is not UTF-8 made readable") {
  for (std::int32_t code = 0; code <= 10; ++code) {
    const RemoteError error{static_cast<RemoteCode>(code), "text"};
    Buffer out;
    REQUIRE(append_error(out, error));
    const auto frame = parse_frame(out.view(), FrameKind::response);
    REQUIRE(frame);
    CHECK(frame->type_name == kErrorType);
    CHECK(*parse_error(frame->body) == error);
  }
  Buffer out;
  REQUIRE(append_error(out, {RemoteCode::internal_error, "bad \xff"}));
  CHECK(parse_error(parse_frame(out.view(), FrameKind::response)->body)->message == "bad ?");
  CHECK(!parse_error("\x12\x7f"));
}
