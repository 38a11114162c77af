#include "goakt/node/node.h"

#include "goakt/actor/messages.h"
#include "goakt/base/log_format.h"
#include "goakt/node/plugin.h"

#include <doctest/doctest.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

using namespace goakt;
using namespace goakt::node;
using namespace std::chrono_literals;

namespace {

struct Ping {};

class Pinger final : public Actor {
  int ping(const Ping&) { return ++count_; }

  int count_ = 0;

 public:
  static constexpr auto handles = handlers(&Pinger::ping);
};

class Fragile final : public Actor {
 public:
  struct Unknown {};

  Status pre_start(Context&) override { return fail("test.Broken", "never starts"); }
};

config::Settings settings_with(config::Settings::Given more = {}) {
  more.insert(more.begin(), {"remoting.enabled", "false"});
  const auto settings = config::Settings::load(more, {});
  REQUIRE(settings);
  return *settings;
}

std::unique_ptr<Node> started() {
  Kinds kinds;
  Plugin plugin(kinds, "test");
  plugin.actor<Pinger>("test.pinger");
  plugin.actor<Fragile>("test.fragile");
  REQUIRE(plugin.status());
  auto node = Node::create(settings_with(), std::move(kinds));
  REQUIRE(node);
  REQUIRE((*node)->start());
  return *std::move(node);
}

SpawnRequest request(std::string name, std::string kind, std::string parent = {}) {
  SpawnRequest spawn;
  spawn.name = std::move(name);
  spawn.kind = std::move(kind);
  spawn.parent = std::move(parent);
  return spawn;
}

ErrorCode code_of(const Result<Pid>& result) {
  return result ? ErrorCode::internal : result.error().code();
}

}  // namespace

TEST_CASE("kinds are registered once, under good names, with what they accept") {
  Kinds kinds;
  Plugin first(kinds, "first");
  first.actor<Pinger>("ping");
  CHECK(first.status());
  REQUIRE(kinds.find("ping") != nullptr);
  CHECK(kinds.find("ping")->from == "first");
  REQUIRE(kinds.find("ping")->accepts.size() == 1);
  CHECK(kinds.find("ping")->accepts[0] == &message_type<Ping>());

  Plugin second(kinds, "second");
  second.actor<Pinger>("ping");
  second.actor<Pinger>("other");
  REQUIRE(!second.status());
  CHECK(second.status().error().message() ==
        "the kind ping of second is registered already, by first");
  Plugin third(kinds, "third");
  third.actor<Pinger>("bad name");
  CHECK(!third.status());
}

TEST_CASE("actors are spawned by kind, found by name and stopped") {
  const auto node = started();
  const auto pid = node->spawn(request("a", "test.pinger"));
  REQUIRE(pid);
  CHECK(pid->kind() == "test.pinger");
  const auto child = node->spawn(request("b", "test.pinger", "a"));
  REQUIRE(child);
  CHECK(child->parent() == *pid);
  const auto found = node->find("a/b");
  REQUIRE(found);
  CHECK(*found == *child);
  const auto answer = found->ask<int>(Ping{}, 10s);
  REQUIRE(answer);
  CHECK(*answer == 1);
  CHECK(node->find("GoAktSystemGuardian"));
  REQUIRE(node->kill("a"));
  CHECK(code_of(node->find("a")) == ErrorCode::actor_not_found);
  CHECK(code_of(node->find("a/b")) == ErrorCode::actor_not_found);
}

TEST_CASE("what cannot be spawned says why and disturbs nothing") {
  const auto node = started();
  REQUIRE(node->spawn(request("a", "test.pinger")));
  const auto unknown = node->spawn(request("x", "test.pnger"));
  CHECK(code_of(unknown) == ErrorCode::type_not_registered);
  CHECK(unknown.error().hint() == "did you mean test.pinger?");
  CHECK(code_of(node->spawn(request("a", "test.pinger"))) == ErrorCode::actor_already_exists);
  CHECK(code_of(node->spawn(request("x", "test.pinger", "nobody"))) == ErrorCode::actor_not_found);
  CHECK(!node->spawn(request("GoAktX", "test.pinger")));
  CHECK(!node->spawn(request("", "test.pinger")));
  CHECK(node->system().num_actors() == 1);

  SpawnRequest again = request("a", "test.pinger");
  again.if_absent = true;
  CHECK(node->spawn(again));
  again.kind = "test.fragile";
  CHECK(code_of(node->spawn(again)) == ErrorCode::actor_already_exists);
}

namespace {

// Remembers lines as text.
class Lines final : public LogSink {
 public:
  void write(const LogRecord& record) noexcept override {
    std::string line;
    format_log(record, LogFormat::text, line);
    std::lock_guard lock(mutex_);
    text_ += line + "\n";
  }

  bool has(std::string_view part) {
    std::lock_guard lock(mutex_);
    return text_.find(part) != std::string::npos;
  }

 private:
  std::mutex mutex_;
  std::string text_;
};

template <class Condition>
bool eventually(Condition condition) {
  const auto deadline = std::chrono::steady_clock::now() + 30s;
  while (std::chrono::steady_clock::now() < deadline) {
    if (condition()) return true;
    std::this_thread::sleep_for(1ms);
  }
  return condition();
}

std::unique_ptr<Node> started(NodeOptions options) {
  Kinds kinds;
  Plugin plugin(kinds, "test");
  plugin.actor<Pinger>("test.pinger");
  auto node = Node::create(settings_with(), std::move(kinds), std::move(options));
  REQUIRE(node);
  REQUIRE((*node)->start());
  return *std::move(node);
}

}  // namespace

TEST_CASE("what the runtime itself has to say is in the node's log") {
  const auto lines = std::make_shared<Lines>();
  const auto node = started({.log = Logger(lines)});
  const auto pid = node->spawn(request("a", "test.pinger"));
  REQUIRE(pid);
  CHECK(pid->tell(Fragile::Unknown{}));
  CHECK(eventually([&] { return lines->has("dead letter"); }));
}

TEST_CASE("a system that stops by itself makes its node one that has failed") {
  const auto lines = std::make_shared<Lines>();
  std::atomic<bool> told = false;
  const auto node = started({.log = Logger(lines), .on_failure = [&] { told = true; }});
  CHECK(node->is_alive());
  CHECK(!node->has_failed());
  PanicSignal signal;
  signal.reason = "broken within";
  REQUIRE(node->system().system_guardian().tell(std::move(signal)));
  CHECK(eventually([&] { return node->has_ended(); }));
  CHECK(told);
  CHECK(node->has_failed());
  CHECK(node->has_started());
  CHECK(!node->is_alive());
  CHECK(lines->has("a system actor failed: stopping the actor system"));
  CHECK(lines->has("broken within"));
}

TEST_CASE("a node that was told to stop has not failed") {
  std::atomic<bool> told = false;
  const auto node = started({.on_failure = [&] { told = true; }});
  REQUIRE(node->stop());
  CHECK(node->has_ended());
  CHECK(!node->has_failed());
  CHECK(node->is_alive());
  CHECK(!told);
}

TEST_CASE("what needs a restart is told at each reload, and is not in force") {
  NodeOptions options;
  options.load_settings = [] {
    return config::Settings::load(config::Sources{.flags = {{"remoting.enabled", "false"},
                                                            {"system.name", "other"},
                                                            {"log.level", "debug"}}});
  };
  const auto node = started(std::move(options));
  const auto tried = node->try_reload();
  REQUIRE(tried);
  CHECK(tried->changed == std::vector<std::string>{"log.level"});
  CHECK(tried->needs_restart == std::vector<std::string>{"system.name"});
  CHECK(node->settings().text("log.level") == "info");
  const auto first = node->reload();
  REQUIRE(first);
  CHECK(first->changed == std::vector<std::string>{"log.level"});
  CHECK(first->needs_restart == std::vector<std::string>{"system.name"});
  CHECK(node->settings().text("system.name") == "goakt");
  CHECK(node->settings().text("log.level") == "debug");
  const auto second = node->reload();
  REQUIRE(second);
  CHECK(second->changed.empty());
  CHECK(second->needs_restart == std::vector<std::string>{"system.name"});
}

TEST_CASE("system actors are not killed") {
  const auto node = started();
  const Status killed = node->kill("GoAktSystemGuardian");
  REQUIRE(!killed);
  CHECK(killed.error().is(ErrorCode::shutdown_forbidden));
}

TEST_CASE("events are kept in order with growing ids") {
  const auto node = started();
  REQUIRE(node->spawn(request("a", "test.pinger")));
  REQUIRE(node->kill("a"));
  const auto events = node->events().kept();
  REQUIRE(events.size() >= 2);
  std::uint64_t last = 0;
  bool stopped = false;
  for (const EventRecord& event : events) {
    CHECK(event.id > last);
    last = event.id;
    stopped = stopped || (event.type == "actor.stopped" && event.actor.ends_with("/a"));
  }
  CHECK(stopped);
  CHECK(node->events().kept().size() == events.size());  // looking takes nothing away
}
