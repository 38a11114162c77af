#include "goakt/base/names.h"

#include <doctest/doctest.h>

#include <string>

namespace goakt {
namespace {

std::string text(const Status& status) {
  return status ? "ok" : status.error().message();
}

TEST_CASE("a system name is a word without dots [1]") {
  for (const auto* good : {"a", "9", "orders", "Orders-2_x"})
    CHECK(text(names::check_system(good)) == "ok");
  const auto empty = names::check_system("");
  CHECK(empty.error().is(ErrorCode::name_required));
  CHECK(text(empty) == "actor system is required");
  for (const auto* bad :
       {"-a", "_a", ".a", "a.b", "a b", " a", "a ", "a/b", "caf\xc3\xa9", "a@b"}) {
    CAPTURE(bad);
    CHECK(names::check_system(bad).error().is(ErrorCode::invalid_actor_system_name));
  }
}

TEST_CASE("an actor name is a word of at most 255 bytes that may hold dots [2]") {
  const std::string longest(255, 'x');
  for (const auto* good : {"a", "0", "a.b-c_d", "Order-1", longest.c_str()})
    CHECK(text(names::check_actor(good)) == "ok");
  CHECK(text(names::check_actor("")) == "the [name] is required");
  CHECK(text(names::check_actor(longest + "x")) == "actor name is too long. Maximum length is 255");
  for (const auto* bad : {"-a", "_a", ".a", "a/b", "a b", "a\n", "\xff", "a:b"}) {
    CAPTURE(bad);
    CHECK(text(names::check_actor(bad)) ==
          "must contain only word characters (i.e. [a-zA-Z0-9] plus non-leading '-' or '_')");
  }
}

TEST_CASE("a name with spaces around it is refused [4]") {
  for (const auto* bad : {" a", "a ", "a.b ", "\ta", " ", "a\n"})
    CHECK_FALSE(names::check_actor(bad));
}

TEST_CASE("users may not take a name with the reserved prefix [3]") {
  const auto refused = names::check_user_actor("GoAktX");
  CHECK(refused.error().is(ErrorCode::reserved_name));
  CHECK(text(refused) == "name=(GoAktX) actor name is reserved");
  CHECK(text(names::check_user_actor("GoAkt")) == "name=(GoAkt) actor name is reserved");
  CHECK(text(names::check_user_actor("goaktX")) == "ok");
  CHECK(text(names::check_user_actor("GoAk")) == "ok");
  CHECK(text(names::check_user_actor("MyGoAkt")) == "ok");
  CHECK(text(names::check_actor("GoAktX")) == "ok");
}

TEST_CASE("every name of the system itself is valid and reserved") {
  for (const auto name :
       {names::kRootGuardian, names::kUserGuardian, names::kSystemGuardian, names::kDeathWatch,
        names::kDeadletter, names::kNoSender, names::kSingletonManager, names::kRebalancer,
        names::kRelocationWorker, names::kPeerStatesWriter, names::kTopicActor, names::kReplicator,
        names::kReliableProducerPrefix, names::kReliableConsumerPrefix}) {
    CAPTURE(name);
    CHECK(names::is_reserved(name));
    CHECK(names::check_actor(name).has_value());
  }
}

TEST_CASE("an id has 2 to 255 word characters") {
  CHECK(text(names::check_id("ab")) == "ok");
  CHECK(text(names::check_id(std::string(255, 'x'))) == "ok");
  CHECK(text(names::check_id("a")) == "invalid id");
  CHECK(text(names::check_id("")) == "invalid id");
  CHECK(text(names::check_id(std::string(256, 'x'))) == "invalid id");
  CHECK(text(names::check_id("a.b")) == "invalid ID: a.b");
  CHECK(text(names::check_id("-ab")) == "invalid ID: -ab");
}

TEST_CASE("an endpoint needs a host that an address can hold and a port of 16 bits") {
  CHECK(text(names::check_host_port("127.0.0.1", 0)) == "ok");
  CHECK(text(names::check_host_port("node-1.example.org", 65535)) == "ok");
  CHECK(text(names::check_host_port("", 80)) == "address=(:80) invalid TCP address");
  CHECK(text(names::check_host_port("h", -1)) == "address=(h:-1) invalid TCP address");
  CHECK(text(names::check_host_port("h", 65536)) == "address=(h:65536) invalid TCP address");
  for (const auto* bad : {"::1", "[::1]", "a/b", "a@b", "a b"})
    CHECK(names::check_host_port(bad, 1).error().is(ErrorCode::invalid_tcp_address));
}

}  // namespace
}  // namespace goakt
