#include "goakt/base/text.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <utility>

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

TEST_CASE("base64 of RFC 4648's examples and of all bytes is read back") {
  const std::pair<const char*, const char*> examples[] = {{"", ""},
                                                          {"f", "Zg=="},
                                                          {"fo", "Zm8="},
                                                          {"foo", "Zm9v"},
                                                          {"foob", "Zm9vYg=="},
                                                          {"fooba", "Zm9vYmE="},
                                                          {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : examples) {
    CHECK(base64_encode(bytes) == text);
    CHECK(base64_decode(text) == bytes);
  }
  std::string all;
  for (int i = 0; i < 256; ++i) {
    all.push_back(static_cast<char>(i));
    const std::string text = base64_encode(all);
    CHECK(text.size() == (all.size() + 2) / 3 * 4);
    CHECK(base64_decode(text) == all);
  }
  CHECK(base64_decode("Zm8") == "fo");  // without padding
}

TEST_CASE("what is no base64 gives nothing") {
  for (const char* bad : {"Z", "Zm9vY", "Zm9v!", "Zm 9v", "Zg=", "Zg===", "=",
                          "====", "Zm8=Zm8=", "Zm9v\n", "Zm9v-_"})
    CHECK_MESSAGE(!base64_decode(bad), bad);
}

TEST_CASE("hexadecimal is written in lower case, and read in both") {
  CHECK(hex_encode(std::string_view("\x00\x7f\x80\xff", 4)) == "007f80ff");
  CHECK(hex_decode("007F80ff") == std::string("\x00\x7f\x80\xff", 4));
  CHECK(hex_encode("").empty());
  CHECK(hex_decode("") == "");
  for (const char* bad : {"0", "0g", "g0", "0x12", "12 ", "-1", "/:", "@`"})
    CHECK_MESSAGE(!hex_decode(bad), bad);
}
