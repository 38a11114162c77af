#include "goakt/base/ulid.h"

#include <doctest/doctest.h>

using namespace goakt;

TEST_CASE("ULIDs have 26 characters and sort by the time they were made") {
  Rng rng(1);
  const auto early =
      std::chrono::system_clock::time_point(std::chrono::milliseconds(1469918176385));
  const std::string first = make_ulid(early, rng);
  CHECK(first.size() == 26);
  CHECK(first.substr(0, 10) == "01ARYZ6S41");  // the example of the ULID specification
  CHECK(first < make_ulid(early + std::chrono::milliseconds(1), rng));
  CHECK(first != make_ulid(early, rng));
}
