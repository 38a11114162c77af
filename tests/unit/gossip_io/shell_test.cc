#include "goakt/gossip/io/shell.h"

#include "goakt/gossip/io/addresses.h"
#include "tests/unit/gossip_io/watched.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>

using namespace goakt;
using namespace goakt::gossip;
using namespace std::chrono_literals;

TEST_CASE("members that join one of them come to know all, and hear of changes and leaves") {
  Watched a("a"), b("b"), c("c");
  CHECK(b.join(a).reached == 1);
  CHECK(c.join(a).reached == 1);
  for (auto* member : {&a, &b, &c})
    for (const auto* name : {"a", "b", "c"}) CHECK(member->eventually(Happening::join, name));

  CHECK(Watched::result([&](Shell::Done done) {
          c.shell().update("changed", 60s, std::move(done));
        }).error.empty());
  CHECK(a.eventually(Happening::update, "c", "changed"));
  CHECK(b.eventually(Happening::update, "c", "changed"));

  const std::string long_text(100'000, 'x');
  CHECK(Watched::result([&](Shell::Done done) {
          a.shell().send("a", long_text, std::move(done));
        }).error.empty());
  CHECK(a.eventually_hears(long_text));

  CHECK(Watched::result([&](Shell::Done done) {
          c.shell().leave(60s, std::move(done));
        }).error.empty());
  CHECK(a.eventually(Happening::leave, "c"));
  CHECK(b.eventually(Happening::leave, "c"));
}

TEST_CASE("a member that stops without a word is missed") {
  Watched a("a"), b("b"), c("c");
  CHECK(b.join(a).reached == 1);
  CHECK(c.join(a).reached == 1);
  for (auto* member : {&a, &b}) CHECK(member->eventually(Happening::join, "c"));
  c.shell().stop();
  CHECK(a.eventually(Happening::leave, "c"));
  CHECK(b.eventually(Happening::leave, "c"));
}

TEST_CASE("members without UDP send each packet over a connection of its own") {
  auto config = Watched::quick();
  config.sealing.label = "prefix-orders";
  config.tcp_pings = false;
  config.packet_size = 10u << 20;
  ShellOptions options;
  options.packets_over_tcp = true;
  Watched a("a", config, options), b("b", config, options), c("c", config, options);
  CHECK(b.join(a).reached == 1);
  CHECK(c.join(a).reached == 1);
  for (auto* member : {&a, &b, &c})
    for (const auto* name : {"a", "b", "c"}) CHECK(member->eventually(Happening::join, name));
  CHECK(Watched::result([&](Shell::Done done) {
          b.shell().update("changed", 60s, std::move(done));
        }).error.empty());
  CHECK(c.eventually(Happening::update, "b", "changed"));
  c.shell().stop();
  CHECK(a.eventually(Happening::leave, "c"));
  CHECK(b.eventually(Happening::leave, "c"));
}

TEST_CASE("members with one label and key find each other, others are turned away") {
  auto config = Watched::quick();
  config.sealing.label = "ours";
  REQUIRE(config.sealing.keyring.add(std::string(32, 'k')));
  Watched a("a", config), b("b", config);
  CHECK(b.join(a).reached == 1);
  CHECK(a.eventually(Happening::join, "b"));

  config.sealing.label = "theirs";
  Watched stranger("stranger", config);
  const auto refused = stranger.join(a);
  CHECK(refused.reached == 0);
  CHECK(!refused.error.empty());
  CHECK(!a.knows("stranger"));
  CHECK(!stranger.knows("a"));
}

TEST_CASE("joining where nobody listens fails") {
  net::Endpoint nobody;
  {
    Watched gone("gone");
    nobody = gone.shell().local();
  }
  Watched a("a");
  const auto result =
      Watched::result([&](Shell::Done done) { a.shell().join({nobody}, std::move(done)); });
  CHECK(result.reached == 0);
  CHECK(!result.error.empty());
}

TEST_CASE("a shell that cannot have its address or configuration says why") {
  Watched a("a");
  auto config = Watched::quick();
  config.name = "b";
  const auto taken = Shell::start(config, {.bind = a.shell().local()});
  REQUIRE(!taken);
  CHECK(taken.error().code() == ErrorCode::address_in_use);
  config.name.clear();
  const auto nameless = Shell::start(config, {});
  REQUIRE(!nameless);
  CHECK(nameless.error().code() == ErrorCode::invalid_argument);
}

TEST_CASE("addresses keep their bytes, IPv4 always four of them") {
  const auto v4 = net::Endpoint::v4({10, 0, 0, 4}, 7946);
  CHECK(from_net(v4) == Endpoint{std::string("\x0a\0\0\x04", 4), 7946});
  CHECK(to_net(from_net(v4)) == v4);
  const auto v6 = net::Endpoint::parse("fd00::1", 7946);
  REQUIRE(v6);
  CHECK(from_net(*v6).ip.size() == 16);
  CHECK(to_net(from_net(*v6)) == *v6);
  const auto mapped = net::Endpoint::parse("::ffff:10.0.0.4", 7946);
  REQUIRE(mapped);
  CHECK(from_net(*mapped) == from_net(v4));
  CHECK(!to_net(Endpoint{"short", 1}));
  CHECK(from_text("10.0.0.4:7946") == from_net(v4));
  CHECK(from_text("[fd00::1]:7946") == from_net(*v6));
  for (const auto* text : {"", ":", "10.0.0.4", "10.0.0.4:", "10.0.0.4:70000", "name:1", "[::1:2"})
    CHECK(from_text(text) == Endpoint{});
}

TEST_CASE("what a member knows is told with states, incarnations, times and counts") {
  Watched a("a"), b("b"), c("c");
  CHECK(b.join(a).reached == 1);
  CHECK(c.join(a).reached == 1);
  for (const auto* name : {"b", "c"}) CHECK(a.eventually(Happening::join, name));
  CHECK(Watched::result([&](Shell::Done done) {
          c.shell().leave(60s, std::move(done));
        }).error.empty());
  CHECK(a.eventually(Happening::leave, "c"));
  // Told only when it has been sent.
  CHECK(Watched::result([&](Shell::Done done) {
          a.shell().update("changed", 60s, std::move(done));
        }).error.empty());
  const auto now = SystemClock::instance().wall();
  const auto facts = a.shell().inspect();
  REQUIRE(facts.members.size() == 3);
  CHECK(facts.members[0].name == "a");
  CHECK(facts.members[0].state == State::alive);
  CHECK(facts.members[1].incarnation >= 1);
  CHECK(facts.members[2].name == "c");
  CHECK(facts.members[2].state == State::left);
  for (const auto& member : facts.members) {
    CHECK(member.since <= now + 1s);
    CHECK(member.since >= now - 10min);
  }
  CHECK(facts.members[0].since <= facts.members[2].since);
  CHECK(facts.counters.packets_in > 0);
  CHECK(facts.counters.packets_out > 0);
  a.shell().stop();
  CHECK(a.shell().inspect().members.empty());
}

TEST_CASE("keys are changed while a member runs") {
  auto config = Watched::quick();
  const std::string first(16, '1'), second(16, '2');
  REQUIRE(config.sealing.keyring.add(first));
  Watched a("a", config), b("b", config);
  CHECK(b.join(a).reached == 1);
  CHECK(a.eventually(Happening::join, "b"));
  // Each step everywhere before the next one begins.
  const auto everywhere = [&](const std::function<Status(Keyring&)>& change) {
    for (auto* member : {&a, &b}) CHECK(member->shell().change_keys(change));
  };
  everywhere([&](Keyring& keys) { return keys.add(second); });
  everywhere([&](Keyring& keys) { return keys.use(second); });
  everywhere([&](Keyring& keys) { return keys.remove(first); });
  CHECK(!a.shell().change_keys([&](Keyring& keys) { return keys.remove(second); }));
  CHECK(Watched::result([&](Shell::Done done) {
          b.shell().update("sealed anew", 60s, std::move(done));
        }).error.empty());
  CHECK(a.eventually(Happening::update, "b", "sealed anew"));
  Watched late("late", config);
  CHECK(late.join(a).reached == 0);
  a.shell().stop();
  CHECK(!a.shell().change_keys([](Keyring&) { return Status(); }));
}
