#include "goakt/cluster/member.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

using namespace goakt;
using namespace goakt::cluster;
using namespace std::chrono_literals;

namespace {

constexpr auto kPatience = 60s;

bool eventually(const std::function<bool()>& condition) {
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(5ms);
  }
  return true;
}

// A member and what it was told.
class Watched {
 public:
  explicit Watched(MemberOptions options, Duration patience = kPatience) {
    options.on_change = [this](const Change& change) {
      const char* const words[] = {"joined ", "left ", "leader "};
      std::lock_guard lock(mutex_);
      heard_.push_back(words[static_cast<int>(change.kind)] + change.node);
    };
    auto started = Member::start(std::move(options), patience);
    if (started)
      member_ = *std::move(started);
    else
      error_ = started.error().message();
  }

  ~Watched() {
    if (member_) member_->stop();
  }

  Member& operator*() { return *member_; }

  Member* operator->() { return member_.get(); }

  const std::string& error() const { return error_; }

  bool eventually_hears(const std::string& what) {
    return eventually([&] { return times(what) > 0; });
  }

  std::ptrdiff_t times(const std::string& what) {
    std::lock_guard lock(mutex_);
    return std::count(heard_.begin(), heard_.end(), what);
  }

 private:
  std::mutex mutex_;  // guards heard_
  std::vector<std::string> heard_;
  std::string error_;
  std::unique_ptr<Member> member_;  // last: it calls back until it is gone
};

// Failures are found soon, but a machine that is busy is not taken for one that is dead.
gossip::Config quick() {
  auto config = gossip::Config::local();
  config.probe_interval = 200ms;
  config.probe_timeout = 100ms;
  config.gossip_interval = 20ms;
  config.push_pull_interval = 1s;
  config.tcp_timeout = 20s;
  return config;
}

// A port of gossip is part of the metadata, so the kernel cannot choose it; nothing listens at the
// one for the map, which makes the name.
MemberOptions options(std::uint16_t number, const std::string& system = "Orders") {
  MemberOptions options;
  options.node = {system, "127.0.0.1", 0, number, 0, {}, NodeMeta::Mark{}};
  options.profile = quick();
  return options;
}

net::Endpoint gossip_of(Member& member) {
  for (const auto& view : member.members())
    if (view.self) return view.gossip;
  return {};
}

}  // namespace

TEST_CASE("members know each other's metadata, and the oldest leads") {
  auto first = options(1);
  first.node.roles = {"api", "web"};
  Watched a(std::move(first));
  REQUIRE(a.error() == "");
  CHECK(a->id() == "127.0.0.1:1");
  CHECK(a->is_leader());
  auto second = options(2);
  second.seeds = {gossip_of(*a)};
  Watched b(std::move(second));
  REQUIRE(b.error() == "");
  CHECK(a.eventually_hears("joined 127.0.0.1:2"));
  CHECK(b.eventually_hears("joined 127.0.0.1:1"));
  CHECK(b->leader() == a->id());
  CHECK(b->size() == 2);
  const auto views = b->members();
  REQUIRE(views.size() == 2);
  CHECK(views[0].id == a->id());
  CHECK(views[0].leader);
  CHECK(!views[0].self);
  CHECK(views[0].state == gossip::State::alive);
  REQUIRE(views[0].node);
  CHECK(views[0].node->system == "Orders");
  CHECK(views[0].node->roles == std::vector<std::string>{"api", "web"});
  CHECK(views[0].node->goaktd);
  CHECK(views[1].self);
  CHECK(views[0].birthdate < views[1].birthdate);

  a->leave(kPatience);
  CHECK(b.eventually_hears("left 127.0.0.1:1"));
  CHECK(b.eventually_hears("leader 127.0.0.1:2"));
  CHECK(b.times("joined 127.0.0.1:1") == 1);
  CHECK(a->members().empty());
}

TEST_CASE("a member that cannot reach its seed is alone, and finds it later") {
  std::uint16_t port = 0;
  {
    Watched before(options(1));
    REQUIRE(before.error() == "");
    port = gossip_of(*before).port();
  }
  auto waiting = options(2);
  waiting.seeds = {net::Endpoint::loopback(port)};
  Watched b(std::move(waiting), 100ms);
  REQUIRE(b.error() == "");
  CHECK(b->size() == 1);
  CHECK(b->is_leader());
  auto late = options(1);
  late.node.discovery_port = port;
  Watched a(std::move(late));
  REQUIRE(a.error() == "");
  CHECK(b.eventually_hears("joined 127.0.0.1:1"));
  CHECK(a.eventually_hears("joined 127.0.0.1:2"));
}

TEST_CASE("a start with too few members fails, and one that finds them waits for them") {
  auto alone = options(1);
  alone.quorum = 2;
  Watched failed(alone, 50ms);
  CHECK(failed.error().find("only 1 of 2 members") != std::string::npos);

  Watched a(options(1));
  REQUIRE(a.error() == "");
  auto second = options(2);
  second.quorum = 2;
  second.seeds = {gossip_of(*a)};
  Watched b(std::move(second));
  REQUIRE(b.error() == "");
  CHECK(b->has_quorum());
  a->stop();
  CHECK(b.eventually_hears("left 127.0.0.1:1"));
  CHECK(!b->has_quorum());
}

TEST_CASE("a start that waits for others can be given up") {
  auto alone = options(1);
  alone.quorum = 2;
  alone.give_up = [] { return true; };
  Watched given_up(alone, 24h);
  CHECK(given_up.error() == Error(ErrorCode::system_shutting_down).message());
}

TEST_CASE("members of another system stay apart") {
  Watched a(options(1));
  REQUIRE(a.error() == "");
  auto other = options(2, "Payments");
  other.seeds = {gossip_of(*a)};
  Watched b(std::move(other), 50ms);
  REQUIRE(b.error() == "");
  CHECK(a->size() == 1);
  CHECK(b->size() == 1);
}

TEST_CASE("metadata that others could not carry are refused, the mark gives way before") {
  auto roles = options(1);
  roles.node.roles = {std::string(500, 'r')};
  CHECK(Watched(roles).error().find("others carry 512") != std::string::npos);
  // As long as just fits without the mark.
  for (std::size_t size = 400; size > 0; --size) {
    roles.node.roles = {std::string(size, 'r')};
    Watched member(roles);
    if (member.error() != "") continue;
    const auto views = member->members();
    REQUIRE(views.size() == 1);
    REQUIRE(views[0].node);
    CHECK(!views[0].node->goaktd);
    CHECK(views[0].node->roles == roles.node.roles);
    break;
  }
}
