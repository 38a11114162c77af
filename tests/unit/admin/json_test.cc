#include "goakt/admin/json.h"

#include "goakt/admin/refusal.h"

#include <doctest/doctest.h>

#include <cstdint>

using namespace goakt;
using namespace goakt::admin;

TEST_CASE("members keep their order and their type") {
  Json json;
  json.set("z", "text").set("a", true).set("n", std::uint64_t{18446744073709551615U});
  json.set("i", -7).set("d", 0.5).set_null("none").set_raw("raw", "{\"k\":[1]}");
  Json list = Json::array();
  list.add("x").add(Json());
  json.set("list", std::move(list));
  CHECK(json.dump() ==
        R"({"z":"text","a":true,"n":18446744073709551615,"i":-7,"d":0.5,"none":null,)"
        R"("raw":{"k":[1]},"list":["x",{}]})");
}

TEST_CASE("bytes that are no UTF-8 are replaced, not thrown at") {
  Json json;
  json.set("bad", "a\xff");
  CHECK(json.dump() == "{\"bad\":\"a\xEF\xBF\xBD\"}");
}

TEST_CASE("broken JSON is refused with the place where it breaks") {
  const auto parsed = Json::parse("{\"a\": 1,}");
  REQUIRE(!parsed);
  CHECK(parsed.error().message().find("column 9") != std::string::npos);
  CHECK(Json::parse("{\"a\":1} x").has_value() == false);
  CHECK(Json::parse("").has_value() == false);
}

TEST_CASE("all complaints about a body come together, unknown members among them") {
  const auto body = Json::parse(R"({"kind":7,"parent":"p","wait":99,"flag":"yes","extra":1})");
  REQUIRE(body);
  Fields fields(*body);
  CHECK(fields.required_text("name").empty());
  CHECK(fields.required_text("kind").empty());
  CHECK(fields.text("parent") == "p");
  CHECK(!fields.integer("wait", 0, 10));
  CHECK(!fields.flag("flag"));
  const auto errors = fields.finish();
  REQUIRE(errors.size() == 5);
  CHECK(errors[0].pointer == "/name");
  CHECK(errors[0].detail == "is required");
  CHECK(errors[1].detail == "must be a string");
  CHECK(errors[4].pointer == "/extra");

  const Refusal refusal = Refusal::invalid(errors);
  CHECK(refusal.problem() == Problem::invalid_argument);
  CHECK(refusal.detail().find("name is required; kind must be a string") == 0);
}

TEST_CASE("a number outside the signed range is refused, not wrapped") {
  const auto body = Json::parse(R"({"a":18446744073709551615,"b":1.5,"c":9223372036854775807})");
  REQUIRE(body);
  Fields fields(*body);
  CHECK(!fields.integer("a", INT64_MIN, INT64_MAX));
  CHECK(!fields.integer("b", INT64_MIN, INT64_MAX));
  CHECK(fields.integer("c", INT64_MIN, INT64_MAX) == INT64_MAX);
  CHECK(fields.finish().size() == 2);
}

TEST_CASE("a body that is no object says so") {
  const auto body = Json::parse("[1]");
  REQUIRE(body);
  Fields fields(*body);
  CHECK(!fields.text("name"));
  REQUIRE(fields.finish().size() == 1);
}

TEST_CASE("failures of the runtime get the code that operators know") {
  CHECK(Refusal::from(Error(ErrorCode::actor_not_found)).problem() == Problem::actor_not_found);
  CHECK(http_status(Refusal::from(Error(ErrorCode::request_timeout)).problem()) == 504);
  CHECK(Refusal::from(Error(ErrorCode::actor_already_exists)).problem() == Problem::already_exists);
  CHECK(Refusal::from(Error::user("bank.Overdrawn", "no")).problem() == Problem::actor_error);
}
