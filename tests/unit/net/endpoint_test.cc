#include "goakt/net/endpoint.h"

#include "goakt/net/local_address.h"
#include "tests/unit/net/support.h"

using namespace goakt;
using namespace goakt::net;

TEST_CASE("an endpoint reads and shows both families") {
  const auto v4 = must(Endpoint::parse("10.0.0.4", 3322));
  CHECK(v4.to_string() == "10.0.0.4:3322");
  CHECK(!v4.is_v6());
  CHECK(v4 == Endpoint::v4({10, 0, 0, 4}, 3322));
  CHECK(v4.with_port(1) != v4);
  const auto v6 = must(Endpoint::parse("2001:db8::1", 80));
  CHECK(v6.is_v6());
  CHECK(v6.to_string() == "[2001:db8::1]:80");
  CHECK(must(Endpoint::parse("fe80::1%7", 80)).scope() == 7);
  CHECK(Endpoint::loopback(9).to_string() == "127.0.0.1:9");
}

TEST_CASE("an endpoint is no name") {
  for (const char* text : {"localhost", "", "1.2.3", "1.2.3.4.5", "::g",
                           "fe80::1%no-such-interface", "1.2.3.4 ", "[::1]"}) {
    CAPTURE(text);
    const auto refused = Endpoint::parse(text, 1);
    REQUIRE(!refused);
    CHECK(refused.error().code() == ErrorCode::invalid_tcp_address);
  }
}

TEST_CASE("a machine's own address is one that others can reach, or there is none") {
  const auto address = local_address();
  if (address) {
    CHECK(Endpoint::parse(*address, 1));
    CHECK(!address->starts_with("127."));
  } else {
    CHECK(address.error().is(ErrorCode::unreachable));
  }
}
