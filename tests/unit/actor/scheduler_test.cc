#include "seeded_system.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace goakt;
using namespace goakt::testing;
using namespace std::chrono_literals;

namespace {

struct Tick {
  std::string text;
};

struct Pinned {  // cannot be copied
  std::unique_ptr<int> value;
};

// Writes "text" for each Tick, or "text<sender" when somebody sent it.
class Sink final : public Actor {
  void tick(const Tick& m, ReceiveContext& ctx) {
    journal_->write(m.text + (ctx.sender() ? "<" + std::string(ctx.sender().name()) : ""));
  }

  void pinned(const Pinned& m) { journal_->write(std::to_string(*m.value)); }

  Journal* journal_;

 public:
  explicit Sink(Journal* journal) : journal_(journal) {}

  static constexpr auto handles = handlers(&Sink::tick, &Sink::pinned);
};

struct Fixture {
  Journal journal;
  SeededSystem system;
  Pid sink;

  Fixture() {
    auto spawned = system->spawn<Sink>("sink", {.long_lived = true}, &journal);
    REQUIRE(spawned);
    sink = *spawned;
    system.run();
  }

  // What arrived within that time, in steps of a tenth of a second.
  std::string after(Duration time) {
    for (; time > Duration::zero(); time -= 100ms) system.advance(std::min<Duration>(time, 100ms));
    return journal.read();
  }
};

std::vector<std::string> references(const SeededSystem& system) {
  std::vector<std::string> found;
  for (const auto& schedule : system->list_schedules()) found.push_back(schedule.reference);
  return found;
}

}  // namespace

TEST_CASE("a message scheduled once is delivered once, after its delay [168]") {
  Fixture f;
  const auto reference = f.system->schedule_once(f.sink, Tick{"a"}, 500ms);
  REQUIRE(reference);
  CHECK(reference->size() == 36);
  CHECK(f.after(499ms) == "");
  CHECK(f.after(1ms) == "a");
  CHECK(f.after(10s) == "");
  // Needs no copy.
  REQUIRE(f.system->schedule_once(f.sink, Pinned{std::make_unique<int>(7)}, 0ms));
  CHECK(f.after(1ms) == "7");
}

TEST_CASE("an interval fires first after one interval, then at a fixed rate [169]") {
  Fixture f;
  REQUIRE(f.system->schedule(f.sink, Tick{"a"}, 300ms));
  CHECK(f.after(299ms) == "");
  CHECK(f.after(1ms) == "a");
  CHECK(f.after(900ms) == "a a a");
  // The rate holds when the node slept: the missed ticks come, and the next one is on the grid.
  f.system.advance(3100ms);
  CHECK(f.journal.read() == "a a a a a a a a a a");
  CHECK(f.after(199ms) == "");
  CHECK(f.after(1ms) == "a");
  CHECK(f.system->schedule(f.sink, Tick{"a"}, 0ms).error().code() ==
        ErrorCode::invalid_timer_interval);
  CHECK(f.system->schedule(f.sink, Pinned{std::make_unique<int>(7)}, 1s).error().code() ==
        ErrorCode::invalid_message);
}

TEST_CASE("ticks missed for more than a day are not made up for [169]") {
  Fixture f;
  REQUIRE(f.system->schedule(f.sink, Tick{"a"}, 1h));
  f.system.advance(100h);
  CHECK(f.journal.size() <= 26);
  CHECK(f.journal.size() >= 24);
  f.journal.read();
  f.system.advance(1h);
  CHECK(f.journal.read() == "a");
}

TEST_CASE("a cron expression fires at its times, of the wall clock [170]") {
  Fixture f;
  // 2023-11-14 22:13:20 UTC.
  REQUIRE(f.system->schedule_cron(f.sink, Tick{"a"}, "*/30 * * * * *", {.zone = Zone::utc}));
  CHECK(f.after(9900ms) == "");
  CHECK(f.after(100ms) == "a");
  CHECK(f.after(60s) == "a a");
  CHECK(f.system->schedule_cron(f.sink, Tick{"b"}, "* * * * *").error().message() ==
        "parse cron expression: invalid expression length");
  CHECK(f.system->schedule_cron(f.sink, Tick{"b"}, "0 0 0 1 1 * 2001", {.zone = Zone::utc})
            .error()
            .code() == ErrorCode::trigger_expired);
  REQUIRE(f.system->schedule_cron(f.sink, Tick{"b"}, "@hourly", {.zone = Zone::utc}));
  CHECK(f.system->list_schedules().size() == 2);
}

TEST_CASE("a cron schedule follows a wall clock that is set, within a minute [170]") {
  Fixture f;
  REQUIRE(f.system->schedule_cron(f.sink, Tick{"a"}, "0 0 0 * * *", {.zone = Zone::utc}));
  f.after(10s);
  const auto midnight =
      std::chrono::ceil<std::chrono::days>(f.system.clock->wall()) + std::chrono::seconds(1);
  f.system.clock->set_wall(midnight);
  CHECK(f.after(1min) == "a");
  // Set back: the same midnight does not come twice.
  f.system.clock->set_wall(midnight - 30s);
  CHECK(f.after(2min) == "");
}

TEST_CASE("references name schedules: one each, none empty [171]") {
  Fixture f;
  CHECK(f.system->schedule_once(f.sink, Tick{"a"}, 1s, {.reference = "r"}) == "r");
  const auto again = f.system->schedule(f.sink, Tick{"b"}, 1s, {.reference = "r"});
  CHECK(again.error().message() == "illegal state: job already exists");
  const auto empty = f.system->schedule_once(f.sink, Tick{"b"}, 1s, {.reference = ""});
  CHECK(empty.error().message() == "illegal argument: empty key name is not allowed");
  for (const Status& status : {f.system->cancel_schedule("x"), f.system->pause_schedule("x"),
                               f.system->resume_schedule("x")})
    CHECK(status.error().message() == "scheduled reference not found");
  CHECK(f.system->cancel_schedule("r"));
  CHECK(f.after(2s) == "");
  // Free again.
  REQUIRE(f.system->schedule_once(f.sink, Tick{"c"}, 1s, {.reference = "r"}));
  CHECK(f.after(1s) == "c");
  CHECK_FALSE(f.system->cancel_schedule("r"));
}

TEST_CASE("an interval that was paused begins anew when it is resumed [172]") {
  Fixture f;
  REQUIRE(f.system->schedule(f.sink, Tick{"a"}, 1s, {.reference = "r"}));
  CHECK(f.after(1900ms) == "a");
  REQUIRE(f.system->pause_schedule("r"));
  CHECK(f.system->pause_schedule("r").error().message() == "illegal state: job is suspended");
  CHECK(f.after(10s) == "");
  REQUIRE(f.system->resume_schedule("r"));
  CHECK(f.system->resume_schedule("r").error().message() == "illegal state: job is active");
  CHECK(f.after(900ms) == "");
  CHECK(f.after(100ms) == "a");
  CHECK(f.after(2s) == "a a");
}

TEST_CASE("a one-shot that was paused keeps what is left of its delay [173]") {
  Fixture f;
  REQUIRE(f.system->schedule_once(f.sink, Tick{"a"}, 1s, {.reference = "r"}));
  CHECK(f.after(600ms) == "");
  REQUIRE(f.system->pause_schedule("r"));
  CHECK(f.after(10s) == "");
  REQUIRE(f.system->resume_schedule("r"));
  CHECK(f.after(300ms) == "");
  CHECK(f.after(100ms) == "a");
  CHECK(f.system->list_schedules().empty());
}

TEST_CASE("the list shows what will still fire [174]") {
  Fixture f;
  REQUIRE(f.system->schedule_once(f.sink, Tick{"a"}, 1s, {.reference = "a"}));
  REQUIRE(f.system->schedule(f.sink, Tick{"b"}, 400ms, {.reference = "b"}));
  REQUIRE(f.system->schedule_cron(f.sink, Tick{"c"}, "0  0 0 1 1 *", {.reference = "c"}));
  REQUIRE(f.system->pause_schedule("a"));
  auto list = f.system->list_schedules();
  REQUIRE(list.size() == 3);
  CHECK(list[0].reference == "a");
  CHECK(list[0].target == "goakt://test@127.0.0.1:0/sink");
  CHECK(list[0].kind == ScheduleInfo::Kind::once);
  CHECK(list[0].paused);
  CHECK(list[0].due_in == 1s);
  CHECK(list[1].kind == ScheduleInfo::Kind::interval);
  CHECK(list[1].interval == 400ms);
  CHECK(list[2].kind == ScheduleInfo::Kind::cron);
  CHECK(list[2].cron == "0 0 0 1 1 *");
  REQUIRE(f.system->resume_schedule("a"));
  f.after(1s);
  CHECK(references(f.system) == std::vector<std::string>{"b", "c"});
}

TEST_CASE("schedules end with their target, and survive its restart [175]") {
  Fixture f;
  auto other = f.system->spawn<Sink>("other", {}, &f.journal);
  REQUIRE(other);
  REQUIRE(f.system->schedule(*other, Tick{"o"}, 1s, {.reference = "o1"}));
  REQUIRE(f.system->schedule_once(*other, Tick{"o"}, 1h, {.reference = "o2"}));
  REQUIRE(f.system->schedule(f.sink, Tick{"s"}, 1s, {.reference = "s"}));
  REQUIRE(other->restart_blocking());
  CHECK(references(f.system) == std::vector<std::string>{"o1", "o2", "s"});
  REQUIRE(other->stop_blocking());
  CHECK(references(f.system) == std::vector<std::string>{"s"});
  CHECK(f.after(1s) == "s");
  CHECK(f.system->schedule_once(*other, Tick{"o"}, 1s).error().code() == ErrorCode::dead);
  CHECK(f.system->schedule_once(Pid(), Tick{"o"}, 1s).error().code() == ErrorCode::undefined_actor);
  CHECK(f.system->schedule_once(f.system->no_sender(), Tick{"o"}, 1s).error().code() ==
        ErrorCode::undefined_actor);
  CHECK(references(f.system) == std::vector<std::string>{"s"});
}

TEST_CASE("nothing can be scheduled before the start or after the stop [176]") {
  Fixture f;
  auto idle = ActorSystem::create("idle");
  REQUIRE(idle);
  CHECK((*idle)->schedule_once(f.sink, Tick{"a"}, 1s).error().message() ==
        "scheduler has not started");
  CHECK((*idle)->cancel_schedule("x").error().code() == ErrorCode::scheduler_not_started);
  REQUIRE(f.system->schedule(f.sink, Tick{"a"}, 1s));
  REQUIRE(f.system->stop());
  CHECK(f.system->list_schedules().empty());
  CHECK(f.system->schedule(f.sink, Tick{"a"}, 1s).error().code() ==
        ErrorCode::scheduler_not_started);
}

TEST_CASE("a scheduled message is sent in the name of the given sender [177]") {
  Fixture f;
  auto sender = f.system->spawn<Sink>("sender", {}, &f.journal);
  REQUIRE(sender);
  REQUIRE(f.system->schedule_once(f.sink, Tick{"a"}, 1s, {.sender = *sender}));
  REQUIRE(f.system->schedule_once(f.sink, Tick{"b"}, 2s));
  CHECK(f.after(2s) == "a<sender b");
}

TEST_CASE("schedules fire on the machine's clock while threads come and go with others [168]") {
  Journal journal;
  auto system = threaded_system();
  auto sink = system->spawn<Sink>("sink", {}, &journal);
  REQUIRE(sink);
  REQUIRE(system->schedule(*sink, Tick{"a"}, 2ms, {.reference = "r"}));
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 500; ++i) {
        const auto reference = system->schedule_once(*sink, Tick{"b"}, 1h);
        if (!reference || !system->cancel_schedule(*reference)) journal.write("lost");
      }
    });
  for (auto& thread : threads) thread.join();
  CHECK(eventually([&] { return journal.size() >= 5; }));
  CHECK(system->list_schedules().size() == 1);
  CHECK(journal.read().find("lost") == std::string::npos);
}
