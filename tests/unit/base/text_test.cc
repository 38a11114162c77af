#include "goakt/base/text.h"

#include <doctest/doctest.h>

using namespace goakt;
using namespace std::chrono_literals;

TEST_CASE("durations have units, a plain number is seconds") {
  const auto parsed = [](const char* text) {
    std::chrono::milliseconds out{-1};
    return parse_duration(text, out) ? out : -1ms;
  };
  CHECK(parsed("250ms") == 250ms);
  CHECK(parsed("5s") == 5s);
  CHECK(parsed("1h30m") == 90min);
  CHECK(parsed("1.5s") == 1500ms);
  CHECK(parsed("7") == 7s);
  CHECK(parsed("0") == 0s);
  for (const char* bad : {"", "s", "5x", "5 s", "-5s", "5s5", "1e3s", "99999999999999999d", "nan"})
    CHECK_MESSAGE(parsed(bad) == -1ms, bad);
}

TEST_CASE("a mistyped word gives the one that was meant, another word gives none") {
  const std::vector<std::string> known = {"list", "get", "spawn", "stop", "tree"};
  CHECK(nearest("spwan", known) == "spawn");
  CHECK(nearest("lists", known) == "list");
  CHECK(nearest("gt", known) == "get");
  CHECK(nearest("drain", known).empty());
  CHECK(nearest("", known).empty());
}
