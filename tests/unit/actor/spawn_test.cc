#include "tests/unit/actor/scripted.h"

#include <atomic>
#include <thread>

using namespace goakt;
using namespace goakt::testing;
using namespace std::chrono_literals;

namespace {

Status no() {
  return fail("test.NotYet", "not yet");
}

}  // namespace

TEST_CASE("nothing is spawned before the start nor after the stop [14]") {
  auto system = ActorSystem::create("test");
  REQUIRE(system);
  CHECK((*system)->spawn<Scripted>("a", {}, Script{}).error().code() ==
        ErrorCode::actor_system_not_started);
  REQUIRE((*system)->start());
  CHECK((*system)->spawn<Scripted>("a", {}, Script{}));
  CHECK((*system)->stop());
  CHECK((*system)->spawn<Scripted>("a", {}, Script{}).error().code() ==
        ErrorCode::actor_system_not_started);
}

TEST_CASE("a stopped system does not start again [200]") {
  auto system = ActorSystem::create("test");
  REQUIRE((*system)->start());
  CHECK((*system)->start().error().code() == ErrorCode::actor_system_already_started);
  CHECK((*system)->stop());
  auto again = (*system)->start();
  REQUIRE(!again);
  CHECK(again.error().code() == ErrorCode::actor_system_not_started);
  CHECK((*system)->stop().error().code() == ErrorCode::actor_system_not_started);
}

TEST_CASE("a second spawn of a running name returns the running actor [15]") {
  Stage stage;
  const Pid first = stage.spawn("a");
  CHECK(stage.spawn("a") == first);
  CHECK(stage.journal.read() == "pre:a started:a");
  // A suspended one is there, too.
  CHECK(stage.after(first, fails("test.Unknown")).empty());
  CHECK(first.is_suspended());
  CHECK(stage.spawn("a") == first);
  CHECK(stage.system->num_actors() == 1);
}

TEST_CASE("concurrent spawns of one name yield one actor [16]") {
  Journal journal;
  auto system = threaded_system();
  for (int round = 0; round < 20; ++round) {
    std::atomic<int> ready{0};
    std::vector<Pid> pids(4);
    std::vector<std::thread> threads;
    const std::string name = "n" + std::to_string(round);
    for (std::size_t i = 0; i < pids.size(); ++i)
      threads.emplace_back([&, i] {
        ++ready;
        while (ready < 4) std::this_thread::yield();
        auto pid = system->spawn<Scripted>(name, {}, Script{&journal, {}, {}});
        if (pid) pids[i] = *pid;
      });
    for (auto& thread : threads) thread.join();
    for (const Pid& pid : pids) CHECK(pid == pids[0]);
    CHECK(pids[0].is_running());
    CHECK(pids[0].stop_blocking());
    CHECK(journal.read().find("pre:" + name + " pre:") == std::string::npos);
  }
  CHECK(system->num_actors() == 0);
}

TEST_CASE("a name that is just being stopped is waited for, from a handler too [16]") {
  // One worker: the stop can only go on if the waiting handler lets it.
  Journal journal;
  std::atomic<bool> done{false};
  Pid fresh;
  auto system = threaded_system({.workers = 1});
  const Script script{&journal, {}, {}, true};
  const Pid parent = spawn_scripted(*system, "parent", script);
  tell_to_spawn(parent, "child", script);
  REQUIRE(eventually([&] { return parent.children_count() == 1; }));
  const Pid old = *parent.child("child");
  REQUIRE(parent.tell(Do{[&](ReceiveContext& ctx) {
    ctx.stop(*ctx.child("child"));
    if (auto spawned = ctx.spawn<Scripted>("child", {}, script)) fresh = *spawned;
    // Nothing has run the stop yet, so that was the old one; now it is under way.
    if (fresh == old) {
      while (fresh == old)
        if (auto spawned = ctx.spawn<Scripted>("child", {.unique = true}, script))
          fresh = *spawned;
        else if (spawned.error().code() != ErrorCode::actor_already_exists)
          break;
        else if (!old.stop_blocking())
          break;
    }
    done = true;
  }}));
  REQUIRE(eventually([&] { return done.load(); }));
  CHECK(fresh.is_running());
  CHECK(fresh != old);
  CHECK(!old.is_running());
}

TEST_CASE("a spawn does not turn a restart of that name into a stop [16]") {
  int starts = 0;
  Stage stage;
  const Pid pid = spawn_scripted(
      *stage.system, "a",
      {&stage.journal, [&]() -> Status { return ++starts == 2 ? no() : Status(); }, {}});
  stage.system.run();
  CHECK(pid.restart());
  stage.system.run();  // the second start has failed and waits for its next try
  CHECK(pid.is_stopping());
  auto again = stage.system->spawn<Scripted>("a", {}, Script{});
  REQUIRE(again);
  CHECK(*again == pid);
  CHECK(pid.is_running());
  CHECK(starts == 3);
}

TEST_CASE("an actor that spawns itself while it starts gets an error [16]") {
  ErrorCode code{};
  Stage stage;
  ActorSystem& system = *stage.system;
  const Pid pid = spawn_scripted(system, "a",
                                 {&stage.journal,
                                  [&]() -> Status {
                                    code = system.spawn<Scripted>("a", {}, Script{}).error().code();
                                    return {};
                                  },
                                  {}});
  CHECK(code == ErrorCode::invalid_argument);
  CHECK(pid.is_running());
}

TEST_CASE("options are checked before anything happens [17]") {
  Stage stage;
  const auto code = [&](SpawnOptions options) {
    auto pid =
        stage.system->spawn<Scripted>("a", std::move(options), Script{&stage.journal, {}, {}});
    return pid ? ErrorCode{} : pid.error().code();
  };
  CHECK(code({.passivation = Passivation::time_based(0ms)}) ==
        ErrorCode::invalid_passivation_strategy);
  CHECK(code({.passivation = Passivation::messages_count_based(0)}) ==
        ErrorCode::invalid_passivation_strategy);
  CHECK(code({.reentrancy = Reentrancy{static_cast<ReentrancyMode>(7)}}) ==
        ErrorCode::invalid_reentrancy_mode);
  CHECK(code({.init_timeout = 0ns}) == ErrorCode::invalid_timeout);
  CHECK(stage.journal.read().empty());
  CHECK(!stage.system->actor_exists("a"));
  CHECK(ActorSystem::create("a", {.host = ""}).error().code() == ErrorCode::invalid_tcp_address);
  CHECK(ActorSystem::create("a", {.port = 65'536}).error().code() ==
        ErrorCode::invalid_tcp_address);
}

TEST_CASE("a failing pre_start is tried five times, with growing delays [18]") {
  std::vector<TimePoint> tries;
  Stage stage;
  auto pid = stage.system->spawn<Scripted>("a", {},
                                           Script{&stage.journal,
                                                  [&] {
                                                    tries.push_back(stage.system.clock->now());
                                                    return no();
                                                  },
                                                  {}});
  REQUIRE(!pid);
  REQUIRE(tries.size() == 5);
  for (std::size_t n = 1; n < tries.size(); ++n) {
    const auto delay = tries[n] - tries[n - 1];
    CHECK(delay >= 1ms + 1ms * (1 << n));
    CHECK(delay <= 1ms + 2ms * (1 << n));
  }
}

TEST_CASE("the init timeout is looked at between tries [19]") {
  int tries = 0;
  Stage stage;
  const auto slow = [&]() -> Status {
    ++tries;
    stage.system.clock->advance(30ms);
    return no();
  };
  CHECK(!stage.system->spawn<Scripted>("a", {.init_timeout = 50ms}, Script{{}, slow, {}}));
  CHECK(tries == 3);
  // It cuts no try short: one that takes long and succeeds is a start.
  tries = 0;
  CHECK(stage.system->spawn<Scripted>("b", {.init_timeout = 1ms},
                                      Script{{},
                                             [&]() -> Status {
                                               stage.system.clock->advance(1s);
                                               return ++tries < 2 ? no() : Status();
                                             },
                                             {}}));
}

TEST_CASE("a failed start names its cause and leaves nothing behind [20]") {
  Stage stage;
  auto pid = stage.system->spawn<Scripted>("a", {}, Script{&stage.journal, no, {}});
  REQUIRE(!pid);
  CHECK(pid.error().is(ErrorCode::init_failure));
  CHECK(pid.error().message() == "preStart failed\nnot yet");
  CHECK(!stage.system->actor_exists("a"));
  CHECK(stage.system->num_actors() == 0);
  CHECK(stage.system.seen<ActorStarted>().empty());
  CHECK(stage.journal.read().empty());
}

TEST_CASE("what pre_start throws counts as a failed try [21]") {
  int tries = 0;
  Stage stage;
  auto pid = stage.system->spawn<Scripted>("a", {},
                                           Script{{},
                                                  [&]() -> Status {
                                                    ++tries;
                                                    throw std::runtime_error("boom");
                                                  },
                                                  {}});
  REQUIRE(!pid);
  CHECK(tries == 5);
  CHECK(pid.error().is(ErrorCode::init_failure));
  CHECK(pid.error().message().find("panic: boom") != std::string::npos);
}

TEST_CASE("post_start is the first user message, before any that was sent [22]") {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    Stage stage({.seed = seed});
    const Pid pid = spawn_scripted(*stage.system, "a", {&stage.journal, {}, {}});
    CHECK(pid.tell(Note{"first"}));
    stage.system.run();
    CHECK(stage.journal.read() == "pre:a started:a first");
    CHECK(pid.processed_count() == 1);
  }
}

TEST_CASE("a start is an event [23]") {
  Stage stage;
  const Pid pid = stage.spawn("a");
  const auto events = stage.system.seen<ActorStarted>();
  REQUIRE(events.size() == 1);
  CHECK(events[0].actor_path == pid.path());
  CHECK(events[0].started_at == stage.system.clock->wall());
}

TEST_CASE("a function is an actor; its error goes to supervision [24]") {
  int messages = 0;
  Stage stage;
  const auto function = [&](ReceiveContext& ctx) -> Status {
    ++messages;
    if (ctx.message<Question>() != nullptr) return fail("test.Bad", "no questions");
    return {};
  };
  auto named = stage.system->spawn_function("f", function);
  REQUIRE(named);
  auto unnamed = stage.system->spawn_function("", function);
  REQUIRE(unnamed);
  CHECK(unnamed->name().size() == 36);
  CHECK(!named->is_relocatable());
  stage.system.run();
  CHECK(messages == 0);  // PostStart is not for functions
  CHECK(named->tell(Note{"x"}));
  stage.system.run();
  CHECK(messages == 1);
  CHECK(named->tell(Question{}));
  stage.system.run();
  CHECK(named->is_suspended());
  CHECK(!unnamed->is_suspended());
}

TEST_CASE("a child gets the system's defaults and what its parent was given [25]") {
  auto supervisor = std::make_shared<Supervisor>();
  supervisor->any_error(Directive::stop);
  Stage stage({.default_supervisor = supervisor});
  const Pid parent =
      stage.spawn("parent", {.reentrancy = Reentrancy{ReentrancyMode::allow_all}, .role = "api"});
  const Pid child = stage.child(parent, "child");
  const auto& inherited = *internal::extension_or_null(*internal::PidAccess::cell(child));
  CHECK(inherited.role == "api");
  CHECK(inherited.reentrancy->mode == ReentrancyMode::allow_all);
  CHECK(!child.is_relocatable());
  // GoAkt gives children a supervisor of its own making, which would suspend here.
  stage.after(child, fails("test.Unknown"));
  CHECK(!child.is_running());
  CHECK(parent.children().empty());
  const Pid own = stage.child(parent, "own", {.stashing = true, .role = "db"});
  const auto& options = *internal::extension_or_null(*internal::PidAccess::cell(own));
  CHECK(options.role == "db");
  CHECK(options.stashing);
}

TEST_CASE("the spawn of a child is an event [26]") {
  Stage stage;
  const Pid parent = stage.spawn("parent");
  CHECK(stage.system.seen<ActorChildCreated>().empty());
  const Pid child = stage.child(parent, "child");
  const auto events = stage.system.seen<ActorChildCreated>();
  REQUIRE(events.size() == 1);
  CHECK(events[0].actor_path == child.path());
  CHECK(events[0].parent == parent.path());
}

TEST_CASE("a child may not have its parent's name [27]") {
  std::string text;
  Stage stage;
  const Pid parent = stage.spawn("same");
  CHECK(parent.tell(Do{[&](ReceiveContext& ctx) {
    text = ctx.spawn<Scripted>("same", {}, Script{}).error().message();
  }}));
  stage.system.run();
  CHECK(text == "child name and parent name must be different");
}

TEST_CASE("a dead parent gets no children [28]") {
  Stage stage;
  const Pid parent = stage.spawn("parent");
  CHECK(parent.stop_blocking());
  SpawnOptions options;
  auto recipe = internal::recipe_of<Scripted>(options, Script{});
  CHECK(internal::spawn_child(parent, "child", std::move(recipe), {}).error().code() ==
        ErrorCode::dead);
}

TEST_CASE("a unique spawn refuses a name that is taken [29]") {
  Stage stage;
  stage.spawn("a");
  auto pid = stage.system->spawn<Scripted>("a", {.unique = true}, Script{});
  REQUIRE(!pid);
  CHECK(pid.error().code() == ErrorCode::actor_already_exists);
  CHECK(stage.system->spawn<Scripted>("b", {.unique = true}, Script{}));
}
