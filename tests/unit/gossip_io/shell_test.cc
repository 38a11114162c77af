#include "goakt/gossip/io/shell.h"

#include "goakt/gossip/io/addresses.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

using namespace goakt;
using namespace goakt::gossip;
using namespace std::chrono_literals;

namespace {

constexpr auto kPatience = 60s;

// A member, and what it was told.
class Watched {
 public:
  explicit Watched(const std::string& name, Config config = quick()) {
    config.name = name;
    auto started = Shell::start(std::move(config),
                                {.on_event = [this](const MemberEvent& event) { note(event); },
                                 .on_data = [this](const std::string& bytes) { note(bytes); }});
    if (!started) must_failed(started.error(), __FILE__, __LINE__);
    shell_ = *std::move(started);
  }

  ~Watched() { shell_->stop(); }

  // Failures are found soon, but a machine that is busy is not taken for one that is dead.
  static Config quick() {
    auto config = Config::local();
    config.probe_interval = 200ms;
    config.probe_timeout = 100ms;
    config.gossip_interval = 20ms;
    config.push_pull_interval = 1s;
    config.tcp_timeout = 20s;
    return config;
  }

  Shell& shell() { return *shell_; }

  CallDone join(Watched& other) {
    return result(
        [&](Shell::Done done) { shell_->join({other.shell_->local()}, std::move(done)); });
  }

  template <class Call>
  static CallDone result(Call call) {
    auto promise = std::make_shared<std::promise<CallDone>>();
    auto future = promise->get_future();
    call([promise](const CallDone& done) { promise->set_value(done); });
    REQUIRE(future.wait_for(kPatience) == std::future_status::ready);
    return future.get();
  }

  bool eventually(MemberEvent::Kind kind, const std::string& name, const std::string& meta = {}) {
    return wait([&] {
      return std::any_of(events_.begin(), events_.end(), [&](const MemberEvent& event) {
        return event.kind == kind && event.member.name == name &&
               (meta.empty() || event.member.meta.bytes == meta);
      });
    });
  }

  bool eventually_hears(const std::string& bytes) {
    return wait([&] { return std::find(data_.begin(), data_.end(), bytes) != data_.end(); });
  }

  bool knows(const std::string& name) const {
    const auto members = shell_->members();
    return std::any_of(members.begin(), members.end(),
                       [&](const MemberInfo& member) { return member.name == name; });
  }

 private:
  void note(const MemberEvent& event) {
    std::lock_guard lock(mutex_);
    events_.push_back(event);
    changed_.notify_all();
  }

  void note(const std::string& bytes) {
    std::lock_guard lock(mutex_);
    data_.push_back(bytes);
    changed_.notify_all();
  }

  template <class Condition>
  bool wait(Condition condition) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kPatience, condition);
  }

  std::mutex mutex_;  // guards events_, data_
  std::condition_variable changed_;
  std::vector<MemberEvent> events_;
  std::vector<std::string> data_;
  std::unique_ptr<Shell> shell_;
};

using Happening = MemberEvent::Kind;

}  // namespace

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
}
