#include "goakt/base/error.h"

#include "goakt/base/result.h"

#include <doctest/doctest.h>

namespace goakt {
namespace {

TEST_CASE("an error without detail says the protocol text of its code") {
  CHECK(Error(ErrorCode::dead).message() == "actor is not alive");
  CHECK(Error(ErrorCode::dead).hint().empty());
}

TEST_CASE("a joined error is both of its codes and says both texts") {
  const Error error = Error::join(ErrorCode::init_failure, Error(ErrorCode::panic, "boom"));
  CHECK(error.is(ErrorCode::init_failure));
  CHECK(error.is(ErrorCode::panic));
  CHECK_FALSE(error.is(ErrorCode::dead));
  CHECK(error.message() == "preStart failed\nboom");
}

TEST_CASE("a user's error carries its type name for supervision") {
  const Error error = Error::user("bank.Overdrawn", "not enough");
  CHECK(error.code() == ErrorCode::user);
  CHECK(error.type_name() == "bank.Overdrawn");
  CHECK(error.message() == "not enough");
}

Result<int> half(int number) {
  if (number % 2 != 0) return fail(ErrorCode::invalid_argument, "odd");
  return number / 2;
}

Result<int> quarter(int number) {
  GOAKT_TRY(const int first, half(number));
  return half(first);
}

TEST_CASE("GOAKT_TRY passes an error on and otherwise declares the value") {
  CHECK(*quarter(8) == 2);
  REQUIRE_FALSE(quarter(6).has_value());
  CHECK(quarter(6).error().message() == "odd");
}

}  // namespace
}  // namespace goakt
