#include "goakt/wire/value.h"

#include "goakt/base/text.h"
#include "tests/unit/wire/order.h"

#include <doctest/doctest.h>

#include <limits>

using namespace goakt;
using namespace goakt::wire;
using namespace std::string_literals;

namespace {

template <class T>
std::string written(Format format, const T& value) {
  std::string out;
  ValueWriter writer(format, out);
  write_value(writer, value);
  return out;
}

template <class T>
std::string cbor(const T& value) {
  return hex_encode(written(Format::cbor, value));
}

template <class T>
std::string json(const T& value) {
  return written(Format::json, value);
}

template <class T>
std::optional<T> read(Format format, std::string_view bytes) {
  const auto value = parse_value(format, bytes);
  T out{};
  if (!value || !read_value(*value, out)) return std::nullopt;
  return out;
}

template <class T>
std::optional<T> from_cbor(std::string_view hex) {
  return read<T>(Format::cbor, hex_decode(hex).value());
}

template <class T>
std::optional<T> from_json(std::string_view text) {
  return read<T>(Format::json, text);
}

bool is_sound(Format format, std::string_view bytes) {
  return parse_value(format, bytes).has_value();
}

}  // namespace

TEST_CASE("CBOR integers are as short as can be, reals are never shortened") {
  CHECK(cbor(0) == "00");
  CHECK(cbor(23) == "17");
  CHECK(cbor(24) == "1818");
  CHECK(cbor(-1) == "20");
  CHECK(cbor(-257) == "390100");
  CHECK(cbor(65536) == "1a00010000");
  CHECK(cbor(std::numeric_limits<std::int64_t>::min()) == "3b7fffffffffffffff");
  CHECK(cbor(std::numeric_limits<std::uint64_t>::max()) == "1bffffffffffffffff");
  CHECK(cbor(1.5) == "fb3ff8000000000000");
  CHECK(cbor(1.5F) == "fa3fc00000");
}

TEST_CASE("JSON reals are laid out as Go does it") {
  CHECK(json(100.0) == "100");
  CHECK(json(1e-6) == "0.000001");
  CHECK(json(1e-7) == "1e-7");
  CHECK(json(1e20) == "100000000000000000000");
  CHECK(json(1e21) == "1e+21");
  CHECK(json(1e-10) == "1e-10");
  CHECK(json(19.99) == "19.99");
  CHECK(json(0.1F) == "0.1");
}

TEST_CASE("JSON strings escape what they must and nothing else") {
  CHECK(json("a\"\\\n\r\t\x01<&\u2028"s) == "\"a\\\"\\\\\\n\\r\\t\\u0001<&\u2028\"");
}

TEST_CASE("a struct comes back from both formats as it was") {
  Order order;
  order.id = "o-1";
  order.amount = -5;
  order.price = 2.5;
  order.tags = {"a", "\u00fc"};
  order.attrs = {{"k", "v"}};
  order.raw = {0, 255};
  order.item = Item{"sku", 3};
  order.at = Time(std::chrono::nanoseconds(1'700'000'000'500'000'000));
  for (const Format format : {Format::cbor, Format::json}) {
    const auto again = read<Order>(format, written(format, order));
    REQUIRE(again);
    CHECK(written(format, *again) == written(format, order));
    CHECK(again->at == order.at);
    CHECK(again->raw == order.raw);
    REQUIRE(again->item);
    CHECK(again->item->qty == 3);
  }
  CHECK(json(Order{}) ==
        R"({"id":"","amount":0,"price":0,"paid":false,"tags":[],"attrs":{},"raw":"","item":null,)"
        R"("at":"1970-01-01T00:00:00Z"})");
}

TEST_CASE("keys are found whatever their letter case, unknown ones mean nothing") {
  CHECK(from_json<Item>(R"({"SKU":"a","more":[1,{}],"Qty":2})")->qty == 2);
  CHECK(from_json<Item>(R"({"sku":null})")->sku.empty());
}

TEST_CASE("of a key that comes twice CBOR takes the first, JSON the last") {
  CHECK(from_cbor<Item>("a2637174790163717479"
                        "02")
            ->qty == 1);
  CHECK(from_json<Item>(R"({"qty":1,"qty":2})")->qty == 2);
}

TEST_CASE("numbers that do not fit are refused, not wrapped") {
  CHECK(!from_json<std::int8_t>("128"));
  CHECK(!from_json<std::uint32_t>("-1"));
  CHECK(!from_json<std::int64_t>("1.5"));
  CHECK(!from_json<std::int64_t>("18446744073709551615"));
  CHECK(from_json<std::uint64_t>("18446744073709551615") == 18446744073709551615U);
  CHECK(from_json<double>("7") == 7.0);
  CHECK(from_cbor<double>("f93e00") == 1.5);
  CHECK(!from_cbor<std::int64_t>("f93e00"));
  CHECK(!from_json<bool>("1"));
}

TEST_CASE("times are read in every form that nodes write") {
  const Time expected(std::chrono::seconds(1'700'000'000));
  CHECK(from_cbor<Time>("1a6553f100") == expected);
  CHECK(from_cbor<Time>("c11a6553f100") == expected);
  CHECK(from_json<Time>("\"2023-11-14T22:13:20Z\"") == expected);
  CHECK(from_json<Time>("\"2023-11-15T00:13:20.000+02:00\"") == expected);
  for (const char* bad : {"", "2023-11-14", "2023-02-30T00:00:00Z", "2023-11-14T25:00:00Z",
                          "9999-01-01T00:00:00Z", "2023-11-14T22:13:20", "2023-11-14T22:13:20.Z"})
    CHECK(!parse_time(bad));
}

TEST_CASE("malformed and endless CBOR is refused") {
  const auto bad = [](std::string_view hex) {
    return !is_sound(Format::cbor, hex_decode(hex).value());
  };
  CHECK(bad(""));
  CHECK(bad("18"));                  // a number that is cut off
  CHECK(bad("0000"));                // something behind the value
  CHECK(bad("9fff"));                // an indefinite list
  CHECK(bad("9b7fffffffffffffff"));  // a list longer than its bytes
  CHECK(bad("5b7fffffffffffffff"));
  CHECK(bad("61ff"));                // text that is not UTF-8
  CHECK(bad("a10101"));              // a key that is no text
  CHECK(bad("c240"));                // a tag nobody sends
  CHECK(bad("3bffffffffffffffff"));  // below the smallest integer
  CHECK(bad("ff"));
  CHECK(!is_sound(Format::cbor, std::string(1'000'000, '\x81')));
  CHECK(!is_sound(Format::cbor,
                  std::string("\x9a\x00\x20\x00\x00", 5) + std::string(1 << 21, '\x80')));
  CHECK(is_sound(Format::cbor, std::string(60, '\x81') + "\x01"));
}

TEST_CASE("malformed and endless JSON is refused") {
  for (const char* bad : {"", "{", "[1,]", "{\"a\":}", "1 2", "nul", "'a'", "1e999"})
    CHECK(!is_sound(Format::json, bad));
  CHECK(!is_sound(Format::json, std::string(100'000, '[')));
  CHECK(!is_sound(Format::json, std::string(65, '[') + std::string(65, ']')));
  CHECK(is_sound(Format::json, std::string(60, '[') + std::string(60, ']')));
}
