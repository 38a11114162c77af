// Our members and HashiCorp's in one cluster.

#define DOCTEST_CONFIG_IMPLEMENT
#include "goakt/gossip/timing.h"
#include "tests/interop/go_member.h"

#include <algorithm>
#include <csignal>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

using namespace goakt;
using namespace goakt::gossip;
using namespace std::chrono_literals;

namespace {

const std::string kFirstKey = "0123456789abcdef";
const std::string kFirstKeyHex = "30313233343536373839616263646566";
const std::string kSecondKey = "fedcba9876543210";
const std::string kSecondKeyHex = "66656463626139383736353433323130";

// When everybody has heard of a crash, stragglers included: found by a probe, told by an exchange
// of tables to somebody whom nobody confirms it. `survivors` do not count the crashed ones.
Duration crash_bound(const Config& config, std::size_t survivors, std::size_t table) {
  const auto times = suspicion_times(config.suspicion_multiplier, config.suspicion_max_multiplier,
                                     config.probe_interval, table);
  const auto probes = static_cast<int>(std::min<std::size_t>(2 * survivors, 14)) + 1;
  return probes * config.probe_interval + push_pull_interval(config.push_pull_interval, table) +
         times.max;
}

// The real library's first protocol has no ports: it takes everybody's for its own.
enum class Ports { any, same };

// From joining to the end of one of each kind.
void live_together(const Config& config, const std::vector<std::string>& options,
                   Ports ports = Ports::any) {
  const auto with = [&](const std::string& name) {
    auto all = options;
    all.insert(all.end(), {"-meta", name + "'s"});
    return all;
  };
  GoMember go("go", with("go"));
  const auto place = [&](const std::string& ip) {
    return ports == Ports::same ? Place{ip, go.endpoint().port()} : Place{};
  };
  const auto bound = [&](const std::string& ip) {
    const auto at = place(ip);
    return ShellOptions{.bind = *net::Endpoint::parse(at.ip, at.port)};
  };
  GoMember other("other", with("other"), place("127.0.0.2"));
  Watched ours("ours", config, bound("127.0.0.3")), second("second", config, bound("127.0.0.4"));
  CHECK(ours.join(go.endpoint()).error == "");
  other.tell("join " + ours.shell().local().to_string());
  CHECK(second.join(other.endpoint()).error == "");
  for (auto* member : {&ours, &second}) {
    CHECK(member->eventually(Happening::join, "go", "go's"));
    CHECK(member->eventually(Happening::join, "other", "other's"));
  }
  for (auto* member : {&go, &other}) {
    CHECK(member->says("join", "ours"));
    CHECK(member->says("join", "second"));
  }

  CHECK(Watched::result([&](Shell::Done done) {
          ours.shell().update("new", 60s, std::move(done));
        }).error == "");
  CHECK(go.says("update", "ours", "new"));
  CHECK(other.says("update", "ours", "new"));
  go.tell("update newer");
  CHECK(ours.eventually(Happening::update, "go", "newer"));

  const std::string text(30'000, 't');
  CHECK(Watched::result([&](Shell::Done done) {
          ours.shell().send("go", text, std::move(done));
        }).error == "");
  CHECK(!go.wait_for({"\"event\":\"msg\"", text}).empty());
  go.tell("send ours over-tcp");
  CHECK(ours.eventually_hears("over-tcp"));
  go.tell("sendudp ours over-udp");
  CHECK(ours.eventually_hears("over-udp"));

  // One of each leaves, one of each is lost.
  CHECK(Watched::result([&](Shell::Done done) {
          second.shell().leave(60s, std::move(done));
        }).error == "");
  CHECK(go.says("leave", "second"));
  other.kill();
  CHECK(ours.eventually(Happening::leave, "other", {}, patience(crash_bound(config, 2, 4))));
  ours.shell().stop();
  CHECK(go.says("leave", "ours", {}, patience(crash_bound(config, 1, 4))));
}

Config sealed_config() {
  auto config = like_go();
  config.sealing.label = "prefix-orders";
  REQUIRE(config.sealing.keyring.add(kFirstKey));
  return config;
}

std::vector<std::string> sealed_options() {
  return {"-label", "prefix-orders", "-encrypt-key", kFirstKeyHex};
}

}  // namespace

TEST_CASE("members of both kinds join, change, talk, leave and miss each other") {
  live_together(like_go(), {});
}

TEST_CASE("so they do with label, keys and compression") {
  live_together(sealed_config(), sealed_options());
}

TEST_CASE("so they do with one that speaks the oldest protocol and does not compress") {
  auto options = sealed_options();
  options.insert(options.end(), {"-protocol", "1", "-compress=false"});
  live_together(sealed_config(), options, Ports::same);
}

TEST_CASE("a member of the real library leaves with a word") {
  GoMember go("go");
  Watched a("a", like_go()), b("b", like_go());
  CHECK(a.join(go.endpoint()).error == "");
  CHECK(b.join(go.endpoint()).error == "");
  for (auto* member : {&a, &b}) CHECK(member->eventually(Happening::join, "go"));
  go.tell("leave");
  for (auto* member : {&a, &b}) CHECK(member->eventually(Happening::leave, "go"));
  const auto facts = a.shell().inspect();
  const auto left = std::find_if(facts.members.begin(), facts.members.end(),
                                 [](const MemberFacts& member) { return member.name == "go"; });
  // It may have been forgotten meanwhile.
  if (left != facts.members.end()) CHECK(left->state == State::left);
}

TEST_CASE("a member with another key or label is turned away by the real library, and it by ours") {
  GoMember go("go", {"-label", "prefix-orders"});
  Watched without("without", like_go());
  CHECK(without.join(go.endpoint()).reached == 0);
  Watched sealed("sealed", sealed_config());
  const auto refused = sealed.join(go.endpoint());
  CHECK(refused.reached == 0);
  CHECK(!refused.error.empty());
  for (auto* member : {&without, &sealed}) {
    CHECK(!go.does("join " + member->shell().local().to_string()));
    CHECK(!member->knows("go"));
  }
}

TEST_CASE("keys are rotated in a cluster of both kinds without losing anybody") {
  GoMember go("go", sealed_options());
  Watched ours("ours", sealed_config());
  CHECK(ours.join(go.endpoint()).error == "");
  CHECK(go.says("join", "ours"));
  CHECK(go.does("key add " + kSecondKeyHex));
  CHECK(ours.shell().change_keys([&](Keyring& keys) { return keys.add(kSecondKey); }));
  // One of them uses the new key while the other still uses the old one.
  CHECK(go.does("key use " + kSecondKeyHex));
  go.tell("update with-the-new-key");
  CHECK(ours.eventually(Happening::update, "go", "with-the-new-key"));
  CHECK(Watched::result([&](Shell::Done done) {
          ours.shell().update("with-the-old-key", 60s, std::move(done));
        }).error == "");
  CHECK(go.says("update", "ours", "with-the-old-key"));
  CHECK(ours.shell().change_keys([&](Keyring& keys) { return keys.use(kSecondKey); }));
  CHECK(go.does("key remove " + kFirstKeyHex));
  CHECK(ours.shell().change_keys([&](Keyring& keys) { return keys.remove(kFirstKey); }));
  CHECK(Watched::result([&](Shell::Done done) {
          ours.shell().update("rotated", 60s, std::move(done));
        }).error == "");
  CHECK(go.says("update", "ours", "rotated"));

  Watched late("late", sealed_config());
  CHECK(late.join(go.endpoint()).reached == 0);
  CHECK(late.join(ours).reached == 0);
  GoMember late_go("late-go", sealed_options());
  CHECK(!late_go.does("join " + ours.shell().local().to_string()));
}

TEST_CASE("a member that starts again at its address is known as what it is now") {
  GoMember go("go");
  const auto config = like_go();
  auto ours = std::make_unique<Watched>("ours", config);
  Watched witness("witness", config);
  const auto place = ours->shell().local();
  CHECK(ours->join(go.endpoint()).error == "");
  CHECK(witness.join(go.endpoint()).error == "");
  CHECK(witness.eventually(Happening::join, "ours"));
  ours.reset();
  auto changed = config;
  changed.meta = "second life";
  Watched again("ours", changed, {.bind = place});
  CHECK(again.join(go.endpoint()).error == "");
  // An update if it was quick, else a join.
  CHECK(!go.wait_for({"\"name\":\"ours\"", "\"meta\":\"second life\""},
                     patience(crash_bound(config, 2, 3)))
             .empty());

  const auto port = go.endpoint().port();
  go.kill();
  GoMember go_again("go", {"-meta", "second life"}, {.port = port});
  go_again.tell("join " + witness.shell().local().to_string());
  for (auto* member : {&again, &witness})
    CHECK(member->eventually_knows("go", "second life", patience(crash_bound(config, 2, 3))));
}

TEST_CASE("five members of each kind know each other, and miss one of each kind in time") {
  constexpr std::size_t kEach = 5;
  const auto config = like_go();
  std::vector<std::unique_ptr<GoMember>> go;
  std::vector<std::unique_ptr<Watched>> ours;
  std::vector<std::string> names;
  // Each joins the one before it, so that those of one kind know the others only through the other
  // kind.
  for (std::size_t i = 0; i < kEach; ++i) {
    const auto number = std::to_string(i);
    go.push_back(std::make_unique<GoMember>("go" + number));
    if (i > 0) go[i]->tell("join " + ours[i - 1]->shell().local().to_string());
    ours.push_back(std::make_unique<Watched>("ours" + number, config));
    CHECK(ours[i]->join(go[i]->endpoint()).error == "");
    names.insert(names.end(), {"go" + number, "ours" + number});
  }
  // Whom gossip misses hears it with the next exchange of tables.
  const auto exchange = patience(2 * config.push_pull_interval);
  for (const auto& name : names) {
    INFO(name);
    for (auto& member : ours) CHECK(member->eventually(Happening::join, name, {}, exchange));
    for (auto& member : go) CHECK(member->says("join", name, {}, exchange));
  }

  go[1]->tell("update from-go");
  CHECK(Watched::result([&](Shell::Done done) {
          ours[1]->shell().update("from-ours", 60s, std::move(done));
        }).error == "");
  for (auto& member : ours) {
    if (member != ours[1])
      CHECK(member->eventually(Happening::update, "ours1", "from-ours", exchange));
    CHECK(member->eventually(Happening::update, "go1", "from-go", exchange));
  }
  for (auto& member : go) {
    CHECK(member->says("update", "ours1", "from-ours", exchange));
    if (member != go[1]) CHECK(member->says("update", "go1", "from-go", exchange));
  }

  go.back()->kill();
  ours.back()->shell().stop();
  const auto bound = patience(crash_bound(config, 2 * kEach - 2, 2 * kEach));
  for (const auto* lost : {"go4", "ours4"}) {
    INFO(lost);
    for (std::size_t i = 0; i + 1 < kEach; ++i) {
      CHECK(ours[i]->eventually(Happening::leave, lost, {}, bound));
      CHECK(go[i]->says("leave", lost, {}, bound));
    }
  }
}

int main(int argc, char** argv) {
  if (!find_go_member(argc, argv)) return 77;
  std::signal(SIGPIPE, SIG_IGN);
  return doctest::Context(argc, argv).run();
}
