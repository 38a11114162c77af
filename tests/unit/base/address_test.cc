#include "goakt/base/address.h"

#include <doctest/doctest.h>

#include <string>
#include <unordered_set>

namespace goakt {
namespace {

const Uuid kLife(0x9f3c1f0e7a514a8e, 0x9c1d2b9f4f6f0c11);

std::string parse_error(std::string_view text) {
  const auto address = Address::parse(text);
  return address ? "ok" : address.error().message();
}

std::string validation(const Address::Parts& parts, Uuid incarnation = kLife) {
  const auto status = Address(parts, incarnation).validate();
  return status ? "ok" : status.error().message();
}

TEST_CASE("an address is written with its direct parent only [5]") {
  const Address top({.system = "orders", .host = "127.0.0.1", .port = 0, .name = "a"});
  CHECK(top.text() == "goakt://orders@127.0.0.1:0/a");
  CHECK_FALSE(top.has_parent());
  const auto child = top.child("b");
  CHECK(child.text() == "goakt://orders@127.0.0.1:0/a/b");
  const auto grandchild = child.child("c");
  CHECK(grandchild.text() == "goakt://orders@127.0.0.1:0/b/c");
  CHECK(grandchild.parent_name() == "b");
}

TEST_CASE("the parts of an address are read back from its text") {
  const auto address = Address::parse("goakt://my.sys@node-1.example.org:9000/parent/name", kLife);
  REQUIRE(address.has_value());
  CHECK(address->system() == "my.sys");
  CHECK(address->host() == "node-1.example.org");
  CHECK(address->port() == 9000);
  CHECK(address->host_port() == "node-1.example.org:9000");
  CHECK(address->parent_name() == "parent");
  CHECK(address->name() == "name");
  CHECK(address->incarnation() == kLife);
  CHECK(address->text() == "goakt://my.sys@node-1.example.org:9000/parent/name");
  CHECK(address->validate().has_value());
}

TEST_CASE("parsing says what is wrong in GoAkt's words [6]") {
  CHECK(parse_error("") == "address is required");
  for (const auto* bad :
       {"goakt", "goakt:/s@h:1/a", "goakt://s@h:1/a://b", "goakt://sh:1/a", "goakt://s@h@i:1/a",
        "goakt://s@h:1", "goakt://s@h:1//a", "goakt://s@h/a", "goakt://s@h:1:2/a",
        "goakt://s@[::1]:80/a", "goakt://s@h:1/a/b/c", "goakt://s@h:1/a/b/"}) {
    CAPTURE(bad);
    CHECK(parse_error(bad) == "address format is invalid");
  }
  for (const auto* bad : {"akka://s@h:1/a", "GOAKT://s@h:1/a", "://s@h:1/a", " goakt://s@h:1/a"}) {
    CAPTURE(bad);
    CHECK(parse_error(bad) == "address protocol is not supported");
  }
  CHECK(parse_error("goakt://s@h:x/a") == "strconv.ParseInt: parsing \"x\": invalid syntax");
  CHECK(parse_error("goakt://s@h:/a") == "strconv.ParseInt: parsing \"\": invalid syntax");
  CHECK(parse_error("goakt://s@h:+-1/a") == "strconv.ParseInt: parsing \"+-1\": invalid syntax");
  CHECK(parse_error("goakt://s@h:1 /a") == "strconv.ParseInt: parsing \"1 \": invalid syntax");
  CHECK(parse_error("goakt://s@h:9223372036854775808/a") ==
        "strconv.ParseInt: parsing \"9223372036854775808\": value out of range");
  CHECK(parse_error("goakt://s@h:2147483648/a") == "value 2147483648 out of range for int32");
}

TEST_CASE("parsing leaves to validation what only breaks a rule") {
  CHECK(parse_error("goakt://s@h:-1/a") == "ok");
  CHECK(parse_error("goakt://s@h:2147483647/a") == "ok");
  CHECK(parse_error("goakt://@:0/") == "ok");
  CHECK(Address::parse("goakt://s@h:+80/a")->port() == 80);
  CHECK(Address::parse("goakt://s@h:1/a/")->name().empty());
}

TEST_CASE("validation reports the first broken rule in GoAkt's order") {
  const std::string long_name(256, 'x');
  const auto* word_rule =
      "must contain only word characters (i.e. [a-zA-Z0-9] plus non-leading '-' or '_')";
  CHECK(validation({.system = "s.1", .host = "h", .port = 1, .name = "a.b"}) == "ok");
  CHECK(validation({.system = "", .host = "", .port = -1, .name = ""}, {}) ==
        "address=(:-1) invalid TCP address");
  CHECK(validation({.system = "", .host = "h", .port = 1, .name = ""}, {}) ==
        "the [system] is required");
  CHECK(validation({.system = "-", .host = "h", .port = 1, .name = ""}, {}) ==
        "the [name] is required");
  CHECK(validation({.system = "-", .host = "h", .port = 1, .name = long_name}, {}) ==
        "actor name is too long. Maximum length is 255");
  CHECK(validation({.system = "-", .host = "h", .port = 1, .name = "a"}, {}) == word_rule);
  CHECK(validation({.system = "s", .host = "h", .port = 1, .name = "a b"}, {}) == word_rule);
  CHECK(validation({.system = "s", .host = "h", .port = 1, .name = "a"}, {}) ==
        "actor incarnation ID is invalid");
}

TEST_CASE("validation adds what is wrong with the parent on a line of its own") {
  CHECK(validation({.system = "s", .host = "h", .port = 1, .parent = "p", .name = "a"}) == "ok");
  CHECK(validation({.system = "s", .host = "h", .port = 1, .parent = "a", .name = "a"}) ==
        "child name and parent name must be different");
  CHECK(validation({.system = "s", .host = "h", .port = 1, .parent = "-", .name = "a"}) ==
        "parent address is invalid\nmust contain only word characters (i.e. [a-zA-Z0-9] plus "
        "non-leading '-' or '_')");
  CHECK(validation({.system = "", .host = "h", .port = 1, .parent = "a", .name = "a"}) ==
        "the [system] is required\nchild name and parent name must be different");
}

TEST_CASE("an empty address is nobody, valid and without text") {
  const Address nobody;
  CHECK(nobody.is_nobody());
  CHECK(nobody.text().empty());
  CHECK(nobody.name().empty());
  CHECK(nobody.system().empty());
  CHECK(nobody.host_port().empty());
  CHECK(nobody.validate().has_value());
  CHECK(Address::parse("goakt://@:0/")->is_nobody());
  CHECK_FALSE(Address({.system = "s", .host = "h", .port = 1, .name = "a"}).is_nobody());
}

TEST_CASE("equality of addresses ignores parent and incarnation [7]") {
  const Address::Parts parts{.system = "s", .host = "h", .port = 1, .name = "a"};
  auto with_parent = parts;
  with_parent.parent = "p";
  const Address address(parts, kLife);
  CHECK(address == Address(with_parent));
  CHECK(std::hash<Address>()(address) == std::hash<Address>()(Address(with_parent)));
  auto other = parts;
  other.name = "b";
  CHECK_FALSE(address == Address(other));
  other = parts;
  other.system = "S";
  CHECK_FALSE(address == Address(other));
  other = parts;
  other.host = "i";
  CHECK_FALSE(address == Address(other));
  other = parts;
  other.port = 2;
  CHECK_FALSE(address == Address(other));
}

TEST_CASE("addresses are the same incarnation only when both know it") {
  const Address::Parts parts{.system = "s", .host = "h", .port = 1, .name = "a"};
  const Address unknown(parts);
  const Address known(parts, kLife);
  CHECK(known.same_incarnation(known));
  CHECK(known.same_incarnation(unknown.with_incarnation(kLife)));
  CHECK_FALSE(known.same_incarnation(unknown));
  CHECK_FALSE(unknown.same_incarnation(unknown));
  CHECK_FALSE(known.same_incarnation(known.with_incarnation(Uuid(1, 2))));
}

TEST_CASE("equality of PIDs is that of the text, letter case aside [7]") {
  const auto lower = *Address::parse("goakt://orders@node:1/p/a");
  const auto upper = *Address::parse("goakt://Orders@NODE:1/P/A");
  const auto no_parent = *Address::parse("goakt://orders@node:1/a");
  CHECK(lower.same_text(upper));
  CHECK_FALSE(lower == upper);
  CHECK_FALSE(lower.same_text(no_parent));
  CHECK(lower == no_parent);
}

TEST_CASE("addresses can be kept in hashed sets") {
  std::unordered_set<Address> set;
  for (int i = 0; i < 100; ++i)
    set.insert(Address({.system = "s", .host = "h", .port = i, .name = "a"}));
  CHECK(set.size() == 100);
  CHECK(set.count(Address({.system = "s", .host = "h", .port = 42, .name = "a"})) == 1);
}

}  // namespace
}  // namespace goakt
