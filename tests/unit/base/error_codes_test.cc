#include "goakt/base/error_codes.h"

#include "goakt/base/errors.h"
#include "tests/unit/base/data_file.h"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

namespace goakt {
namespace {

ErrorCode code_at(std::size_t i) {
  return static_cast<ErrorCode>(i);
}

TEST_CASE("every error has the recorded text, problem, status and exit code") {
  std::map<std::string, std::vector<std::string>, std::less<>> recorded;
  for (const auto& line : data_lines("errors.txt")) {
    auto columns = split(line, '\t');
    REQUIRE_MESSAGE(columns.size() == 5, line);
    const bool added = recorded.emplace(columns[0], columns).second;
    REQUIRE_MESSAGE(added, "twice in errors.txt: " << columns[0]);
  }
  CHECK(recorded.size() == kErrorCodes);
  for (std::size_t i = 0; i < kErrorCodes; ++i) {
    const auto code = code_at(i);
    const auto found = recorded.find(error_name(code));
    REQUIRE_MESSAGE(found != recorded.end(), "not in errors.txt: " << error_name(code));
    const auto& columns = found->second;
    CAPTURE(columns[0]);
    const auto problem = problem_of(code);
    CHECK(problem_code(problem) == columns[1]);
    CHECK(std::to_string(http_status(problem)) == columns[2]);
    CHECK(std::to_string(exit_code(problem)) == columns[3]);
    CHECK(error_text(code) == columns[4]);
  }
}

TEST_CASE("the constructors name what the error is about as GoAkt does") {
  const auto check = [](const Error& error, ErrorCode code, std::string_view text) {
    CHECK(error.is(code));
    CHECK(error.message() == text);
  };
  check(errors::actor_not_found("X"), ErrorCode::actor_not_found, "(actor=X) actor not found");
  check(errors::address_not_found("X"), ErrorCode::address_not_found,
        "(actor address=X) address not found");
  check(errors::actor_already_exists("X"), ErrorCode::actor_already_exists,
        "actor=(X) actor already exists");
  check(errors::reserved_name("X"), ErrorCode::reserved_name, "name=(X) actor name is reserved");
  check(errors::invalid_tcp_address("h:1"), ErrorCode::invalid_tcp_address,
        "address=(h:1) invalid TCP address");
  check(errors::invalid_passivation_strategy("X"), ErrorCode::invalid_passivation_strategy,
        "passivation strategy=(X) invalid passivation strategy, must be one of: 'time-based', "
        "'messages-count-based', or 'long-lived'");
  check(errors::panic("boom"), ErrorCode::panic, "panic: boom");
  check(errors::internal("boom"), ErrorCode::internal, "internal error: boom");
  check(errors::spawn("boom"), ErrorCode::spawn_error, "spawn error: boom");
  check(errors::rebalancing("boom"), ErrorCode::rebalancing_error, "rebalancing: boom");
}

TEST_CASE("the joining constructors keep both identities, a newline between the texts") {
  const auto check = [](const Error& error, ErrorCode code, std::string_view text) {
    CHECK(error.is(code));
    CHECK(error.is(ErrorCode::dead));
    CHECK(error.message() == std::string(text) + "\nactor is not alive");
  };
  const auto dead = [] { return Error(ErrorCode::dead); };
  check(errors::unhandled(dead()), ErrorCode::unhandled, "unhandled message");
  check(errors::init_failure(dead()), ErrorCode::init_failure, "preStart failed");
  check(errors::invalid_message(dead()), ErrorCode::invalid_message, "invalid message");
  check(errors::invalid_remote_message(dead()), ErrorCode::invalid_remote_message,
        "invalid remote message");
  check(errors::remote_send_failure(dead()), ErrorCode::remote_send_failure, "remote send failed");
  check(errors::grain_activation_failure(dead()), ErrorCode::grain_activation_failure,
        "grain activation failed");
  check(errors::grain_deactivation_failure(dead()), ErrorCode::grain_deactivation_failure,
        "grain deactivation failed");
  check(errors::invalid_grain_identity(dead()), ErrorCode::invalid_grain_identity,
        "invalid graind identity");
}

TEST_CASE("supervision knows the four failure types by their names") {
  CHECK(errors::panic("x").type_name() == "errors.PanicError");
  CHECK(errors::internal("x").type_name() == "errors.InternalError");
  CHECK(errors::spawn("x").type_name() == "errors.SpawnError");
  CHECK(errors::rebalancing("x").type_name() == "errors.RebalancingError");
  CHECK(Error(ErrorCode::dead).type_name() == "errors.errorString");
}

}  // namespace
}  // namespace goakt
