#include "exit_codes.h"
#include "output/printer.h"
#include "output/table.h"
#include "output/text.h"
#include "output/yaml.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace goaktctl;

namespace {

Table sample() {
  Table table({{"NAME", false, 1000}, {"KIND", false, 50}, {"MAILBOX", true, 80}});
  table.add({"order-service-0042", "order.service", "1 204"});
  table.add({"b", "", "0"});
  return table;
}

}  // namespace

TEST_CASE("columns are aligned, numbers to the right, an unknown value is a dash") {
  CHECK(sample().render(std::nullopt, true) ==
        "NAME                KIND           MAILBOX\n"
        "order-service-0042  order.service    1 204\n"
        "b                   -                    0\n");
  CHECK(sample().render(std::nullopt, false) ==
        "order-service-0042  order.service  1 204\n"
        "b                   -                  0\n");
}

TEST_CASE("a narrow terminal loses the lightest column first, then the middle of the name") {
  CHECK(sample().render(30, true) ==
        "NAME                MAILBOX\n"
        "order-service-0042    1 204\n"
        "b                         0\n");
  CHECK(sample().render(12, true) ==
        "NAME\n"
        "order-…-0042\n"
        "b\n");
}

TEST_CASE("a name is cut in the middle, never in half a character") {
  CHECK(cut_middle("short", 5) == "short");
  CHECK(cut_middle("order-service-0042", 15) == "order-s…ce-0042");
  CHECK(cut_middle("ääääää", 3) == "ä…ä");
  CHECK(cut_middle("日本語日本語", 5) == "日…語");
  CHECK(display_width(cut_middle("日本語日本語", 6)) <= 6);
  CHECK(cut_middle("abc", 1) == "…");
  CHECK(cut_middle("abc", 0).empty());
  CHECK(cut_middle("\xe6\x97", 1) == "\xe6\x97");  // ends inside a character: no crash
}

TEST_CASE("what steers a terminal is not printed") {
  CHECK(printable("a\x1b[31mb\x7f\n") == "a?[31mb??");
  CHECK(printable("x\xc2\x9by") == "x?y");
  CHECK(printable("grün") == "grün");
}

TEST_CASE("numbers and durations are short") {
  CHECK(with_thousands(7) == "7");
  CHECK(with_thousands(1204) == "1 204");
  CHECK(with_thousands(1234567) == "1 234 567");
  CHECK(short_duration(90'061) == "1d1h");
  CHECK(short_duration(8'040) == "2h14m");
  CHECK(short_duration(192) == "3m12s");
  CHECK(short_duration(1.25) == "1.2s");
  CHECK(short_duration(0.0018) == "1.8ms");
  CHECK(short_duration(4.2e-4) == "420us");
  CHECK(short_duration(-1) == "-");
}

TEST_CASE("YAML keeps every string a string") {
  const Document document = Document::parse(
      R"({"name":"no","count":1,"empty":{},"list":["1",{"a":null,"b":["x\ny"]},[]],"y":true})");
  CHECK(to_yaml(document) ==
        "name: \"no\"\n"
        "count: 1\n"
        "empty: {}\n"
        "list:\n"
        "  - \"1\"\n"
        "  - a: null\n"
        "    b:\n"
        "      - \"x\\ny\"\n"
        "  - []\n"
        "\"y\": true\n");
  CHECK(to_yaml(Document(3)) == "3\n");
}

TEST_CASE("a dotted path finds a member, and nothing where there is none") {
  const Document document = Document::parse(R"({"metrics":{"mailbox":3},"s":"x"})");
  REQUIRE(at_path(document, "metrics.mailbox"));
  CHECK(cell_text(*at_path(document, "metrics.mailbox")) == "3");
  CHECK(at_path(document, "metrics.none") == nullptr);
  CHECK(at_path(document, "s.none") == nullptr);
}

TEST_CASE("of several failures a script sees the one that matters most") {
  CHECK(worse(ok, not_found) == not_found);
  CHECK(worse(not_found, denied) == denied);
  CHECK(worse(conflict, timeout) == conflict);
  CHECK(worse(ok, ok) == ok);
}
