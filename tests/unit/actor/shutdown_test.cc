#include "goakt/actor/shutdown_hook.h"
#include "seeded_system.h"

#include <doctest/doctest.h>

#include <atomic>
#include <csignal>
#include <pthread.h>

using namespace goakt;
using namespace goakt::testing;
using namespace std::chrono_literals;

namespace {

using Strategy = ShutdownRecovery::Strategy;

// What a hook does: fails a number of times, then succeeds.
struct Hook {
  Hook(Journal& j, std::string n, int f = 0, ShutdownRecovery r = {},
       ShutdownPhase p = ShutdownPhase::before_actors_stop, bool t = false)
      : journal(&j), name(std::move(n)), failures(f), recovery(r), phase(p), throws(t) {}

  Journal* journal;
  std::string name;
  int failures;
  ShutdownRecovery recovery;
  ShutdownPhase phase;
  bool throws;
};

class Hooked final : public ShutdownHook {
 public:
  explicit Hooked(Hook hook) : hook_(std::move(hook)) {}

  Status execute(ActorSystem& system) override {
    hook_.journal->write(hook_.name + (system.num_actors() == 0 ? "" : "+"));
    if (hook_.failures-- <= 0) return {};
    if (hook_.throws) throw std::runtime_error(hook_.name + " threw");
    return fail("test.Hook", hook_.name + " failed");
  }

  ShutdownRecovery recovery() const override { return hook_.recovery; }

  ShutdownPhase phase() const override { return hook_.phase; }

 private:
  Hook hook_;
};

template <class... Hooks>
SystemOptions with(Hooks... hooks) {
  SystemOptions options;
  options.shutdown_hooks = {std::make_shared<Hooked>(std::move(hooks))...};
  return options;
}

class Ender final : public Actor {
  Journal* journal_;
  bool fails_;

 public:
  explicit Ender(Journal* journal, bool fails = false) : journal_(journal), fails_(fails) {}

  Status post_stop(Context& ctx) override {
    journal_->write(std::string(ctx.actor_name()));
    if (fails_) return fail("test.Ender", "no end");
    return {};
  }
};

struct Hang {};

class Hanger final : public Actor {
  void hang(const Hang&) {
    *entered_ = true;
    while (!*open_) std::this_thread::yield();
  }

  std::atomic<bool>* entered_;
  std::atomic<bool>* open_;

 public:
  Hanger(std::atomic<bool>* entered, std::atomic<bool>* open) : entered_(entered), open_(open) {}

  static constexpr auto handles = handlers(&Hanger::hang);
};

}  // namespace

TEST_CASE("hooks run in the order of registration, before the actors stop [192]") {
  Journal journal;
  SeededSystem system(with(Hook(journal, "a"), Hook(journal, "b"), Hook(journal, "c")));
  REQUIRE(system->spawn<Ender>("actor", {}, &journal));
  CHECK(system->stop());
  CHECK(journal.read() == "a+ b+ c+ actor");
}

TEST_CASE("phases come one after the other, within one the order of registration counts [192]") {
  Journal journal;
  const auto hook = [&](std::string name, ShutdownPhase phase) {
    return Hook(journal, std::move(name), 0, {}, phase);
  };
  SeededSystem system(with(hook("after", ShutdownPhase::after_actors_stop),
                           hook("stop", ShutdownPhase::before_actors_stop),
                           hook("leave", ShutdownPhase::before_cluster_leave),
                           hook("unbind1", ShutdownPhase::before_unbind),
                           hook("service", ShutdownPhase::service_stop),
                           hook("unbind2", ShutdownPhase::before_unbind)));
  REQUIRE(system->spawn<Ender>("actor", {}, &journal));
  CHECK(system->stop());
  CHECK(journal.read() == "unbind1+ unbind2+ service+ leave+ stop+ actor after");
}

TEST_CASE("a hook that should fail ends the hooks, not the shutdown [192]") {
  Journal journal;
  SeededSystem system(with(Hook(journal, "a", 1), Hook(journal, "b")));
  REQUIRE(system->spawn<Ender>("actor", {}, &journal));
  const Status stopped = system->stop();
  REQUIRE_FALSE(stopped);
  CHECK(stopped.error().message() == "a failed");
  CHECK(journal.read() == "a+ actor");
  CHECK_FALSE(system->is_running());
}

TEST_CASE("a hook is retried three times more by default, a second apart [192]") {
  Journal journal;
  SeededSystem system(with(Hook(journal, "a", 9, {.strategy = Strategy::should_retry_and_fail}),
                           Hook(journal, "b")));
  const auto before = system.clock->now();
  const Status stopped = system->stop();
  REQUIRE_FALSE(stopped);
  CHECK(stopped.error().message() == "a failed");
  CHECK(journal.read() == "a a a a");
  CHECK(system.clock->now() - before == 3s);
}

TEST_CASE("a retry that succeeds makes it good [192]") {
  Journal journal;
  SeededSystem system(with(
      Hook(journal, "a", 2,
           {.strategy = Strategy::should_retry_and_fail, .max_retries = 2, .retry_interval = 5ms}),
      Hook(journal, "b")));
  CHECK(system->stop());
  CHECK(journal.read() == "a a a b");
}

TEST_CASE("skipped hooks are reported and the others run [192]") {
  Journal journal;
  SeededSystem system(
      with(Hook(journal, "a", 9, {.strategy = Strategy::should_skip}),
           Hook(journal, "b", 9, {.strategy = Strategy::should_retry_and_skip, .max_retries = 1}),
           Hook(journal, "c")));
  const Status stopped = system->stop();
  REQUIRE_FALSE(stopped);
  CHECK(journal.read() == "a b b c");
  CHECK(stopped.error().message() == "a failed\nb failed");
}

TEST_CASE("a hook that throws ends the hooks as a panic, whatever its strategy [192]") {
  Journal journal;
  SeededSystem system(with(Hook(journal, "a", 1, {.strategy = Strategy::should_retry_and_skip},
                                ShutdownPhase::before_actors_stop, true),
                           Hook(journal, "b")));
  const Status stopped = system->stop();
  REQUIRE_FALSE(stopped);
  CHECK(journal.read() == "a");
  CHECK(stopped.error().code() == ErrorCode::panic);
  CHECK(stopped.error().message().find("a threw") != std::string::npos);
}

TEST_CASE("all errors of hooks are reported, also when a later one fails for good [193]") {
  Journal journal;
  SeededSystem system(with(Hook(journal, "a", 1, {.strategy = Strategy::should_skip}),
                           Hook(journal, "b", 1, {.strategy = Strategy::should_skip}),
                           Hook(journal, "c", 1), Hook(journal, "d")));
  const Status stopped = system->stop();
  REQUIRE_FALSE(stopped);
  CHECK(stopped.error().message() == "a failed\nb failed\nc failed");
  CHECK(stopped.error().is(ErrorCode::user));
  CHECK(journal.read() == "a b c");
}

TEST_CASE("a stop names the actors that hang, and returns [192]") {
  std::atomic<bool> entered{false};
  std::atomic<bool> open{false};
  auto system = threaded_system({.shutdown_timeout = 50ms});
  auto pid = system->spawn<Hanger>("hanger", {}, &entered, &open);
  REQUIRE(pid);
  REQUIRE(pid->tell(Hang{}));
  REQUIRE(eventually([&] { return entered.load(); }));
  const Status stopped = system->stop();
  REQUIRE_FALSE(stopped);
  CHECK(stopped.error().is(ErrorCode::request_timeout));
  CHECK(stopped.error().message().find("hanger has not stopped") != std::string::npos);
  CHECK(system->stop().error().code() == ErrorCode::actor_system_not_started);
  open = true;  // the destructor waits for the handler
}

namespace {

// A hook that stays inside until it is let go.
class Stuck final : public ShutdownHook {
 public:
  Stuck(Journal& journal, ShutdownPhase phase) : journal_(journal), phase_(phase) {}

  Status execute(ActorSystem& system) override {
    entered = true;
    while (!open) std::this_thread::sleep_for(1ms);
    // The system is still there: its destructor waits.
    journal_.write("released:" + std::to_string(system.num_actors()));
    return {};
  }

  ShutdownPhase phase() const override { return phase_; }

  std::atomic<bool> entered{false};
  std::atomic<bool> open{false};

 private:
  Journal& journal_;
  const ShutdownPhase phase_;
};

}  // namespace

TEST_CASE("a hook that does not return is given up, and the actors still stop [192]") {
  for (const auto phase : {ShutdownPhase::before_unbind, ShutdownPhase::after_actors_stop}) {
    Journal journal;
    auto stuck = std::make_shared<Stuck>(journal, phase);
    SystemOptions options;
    options.shutdown_timeout = 500ms;
    options.shutdown_hooks = {stuck, std::make_shared<Hooked>(Hook(journal, "next", 0, {}, phase))};
    auto system = threaded_system(std::move(options));
    REQUIRE(system->spawn<Ender>("actor", {}, &journal));
    const Status stopped = system->stop();
    REQUIRE_FALSE(stopped);
    CHECK(stuck->entered);
    CHECK(stopped.error().is(ErrorCode::request_timeout));
    CHECK(stopped.error().message().find("a shutdown hook has not returned") != std::string::npos);
    CHECK(stopped.error().message().find("has not stopped") == std::string::npos);
    CHECK_FALSE(system->is_running());
    CHECK(system->num_actors() == 0);
    CHECK(journal.read() == "actor");
    stuck->open = true;
    system.reset();
    CHECK(journal.read() == "released:0");
  }
}

TEST_CASE("run starts, waits for a signal and stops, with its hooks [194]") {
  for (const int signal : {SIGTERM, SIGINT}) {
    Journal journal;
    std::atomic<bool> ready{false};
    int code = -1;
    auto system = ActorSystem::create("test");
    REQUIRE(system);
    std::thread runner([&] {
      code = (*system)->run(
          [&]() -> Status {
            journal.write((*system)->is_running() ? "running" : "begin");
            ready = true;
            return {};
          },
          [&]() -> Status {
            journal.write((*system)->is_running() ? "end" : "stopped");
            return {};
          });
    });
    // From before the hook on, the thread takes the signal when it waits for it.
    CHECK(eventually([&] { return ready.load(); }));
    pthread_kill(runner.native_handle(), signal);
    runner.join();
    CHECK(code == 0);
    CHECK(journal.read() == "begin end");
    CHECK_FALSE((*system)->is_running());
  }
}

TEST_CASE("run gives exit code 1 for hooks that fail [194]") {
  auto system = ActorSystem::create("test");
  REQUIRE(system);
  const auto broken = [] { return Status(fail(ErrorCode::internal)); };
  int code = -1;
  std::thread([&] { code = (*system)->run(broken); }).join();
  CHECK(code == 1);
  CHECK_FALSE((*system)->is_running());

  std::atomic<bool> ready{false};
  std::thread runner([&] {
    code = (*system)->run(
        [&]() -> Status {
          ready = true;
          return {};
        },
        broken);
  });
  CHECK(eventually([&] { return ready.load(); }));
  pthread_kill(runner.native_handle(), SIGTERM);
  runner.join();
  CHECK(code == 1);
  CHECK_FALSE((*system)->is_running());
}

TEST_CASE("options out of range are refused when the system is made [192]") {
  const auto refused = [](auto change) {
    SystemOptions options;
    change(options);
    return !ActorSystem::create("test", std::move(options));
  };
  CHECK(refused([](SystemOptions& o) { o.actor_init_timeout = 0s; }));
  CHECK(refused([](SystemOptions& o) { o.actor_init_max_retries = 0; }));
  CHECK(refused([](SystemOptions& o) { o.ask_timeout = -1s; }));
  CHECK(refused([](SystemOptions& o) { o.shutdown_timeout = 0s; }));
  CHECK(refused([](SystemOptions& o) { o.throughput_budget = 0; }));
  CHECK(refused([](SystemOptions& o) { o.blocking_threads = 0; }));
  CHECK(refused([](SystemOptions& o) { o.eviction_interval = 0s; }));
  CHECK(refused([](SystemOptions& o) { o.passivation_timeout = -1s; }));
  CHECK(refused([](SystemOptions& o) { o.memory_pressure.percent = 101; }));
  CHECK(refused([](SystemOptions& o) { o.shutdown_hooks = {nullptr}; }));
  CHECK_FALSE(refused([](SystemOptions&) {}));
}
