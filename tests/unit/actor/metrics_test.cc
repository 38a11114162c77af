#include "goakt/actor/inspect.h"
#include "goakt/actor/metric.h"
#include "seeded_system.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <future>
#include <numeric>

using namespace goakt;
using namespace goakt::testing;
using namespace std::chrono_literals;

namespace {

struct Work {
  Duration takes{0};
};

struct Break {};

struct Adopt {};

class Worker final : public Actor {
  void work(const Work& m) {
    if (clock_ != nullptr) clock_->advance(m.takes);
  }

  void fail(const Break&, ReceiveContext& ctx) { ctx.err(Error::user("test.Odd", "odd")); }

  void adopt(const Adopt&, ReceiveContext& ctx) { REQUIRE(ctx.spawn<Worker>("child")); }

  FakeClock* clock_;

 public:
  explicit Worker(FakeClock* clock = nullptr) : clock_(clock) {}

  static constexpr auto handles = handlers(&Worker::work, &Worker::fail, &Worker::adopt);
};

class Other final : public Actor {
  void work(const Work&) {}

 public:
  static constexpr auto handles = handlers(&Other::work);
};

// Wakes others and keeps the thread.
class Holder final : public Actor {
  void work(const Work&) {
    for (const Pid& pid : others_) REQUIRE(pid.tell(Work{}));
    opened_.wait();
  }

  std::shared_future<void> opened_;
  std::vector<Pid> others_;

 public:
  Holder(std::shared_future<void> opened, std::vector<Pid> others)
      : opened_(std::move(opened)), others_(std::move(others)) {}

  static constexpr auto handles = handlers(&Holder::work);
};

KindMetric of_kind(const SeededSystem& system, std::string_view part) {
  for (auto& metric : system->kind_metrics())
    if (metric.kind.find(part) != std::string::npos) return metric;
  FAIL("no such kind");
  return {};
}

}  // namespace

TEST_CASE("a system's figures: letters, actors, uptime, memory; none when it is stopped [186]") {
  SeededSystem system;
  for (int i = 0; i < 3; ++i)
    REQUIRE(system->spawn<Worker>("w" + std::to_string(i), {.long_lived = true}));
  system.advance(90s);
  const auto metric = system->metric();
  REQUIRE(metric);
  CHECK(metric->dead_letters == 0);
  CHECK(metric->actors == 3);
  CHECK(metric->uptime == 90s);
#ifndef GOAKT_SANITIZED  // whose allocator keeps its own books
  CHECK(metric->memory_used > 0);
#endif
  CHECK(metric->memory_size > metric->memory_available);
  REQUIRE(system->stop());
  CHECK(system->metric().error().code() == ErrorCode::actor_system_not_started);
}

TEST_CASE("an actor's figures count what it did; none when it is stopped [187]") {
  SeededSystem system;
  auto pid = system->spawn<Worker>("worker", {.long_lived = true});
  REQUIRE(pid);
  system.advance(5s);
  REQUIRE(pid->tell(Adopt{}));
  for (int i = 0; i < 4; ++i) REQUIRE(pid->tell(Work{}));
  REQUIRE(pid->tell(Break{}));
  system.run();
  REQUIRE(pid->reinstate());
  system.run();
  REQUIRE(pid->tell(Work{}));
  system.run();
  system.advance(2500ms);
  auto metric = pid->metric();
  REQUIRE(metric);
  CHECK(metric->children == 1);
  CHECK(metric->uptime == 7s);
  CHECK(metric->since_last_message == 2500ms);
  CHECK(metric->processed == 7);
  CHECK(metric->failures == 1);
  CHECK(metric->reinstated == 1);
  CHECK(metric->restarts == 0);
  CHECK(metric->mailbox == 0);
  CHECK(metric->stash_size == 0);
  REQUIRE(pid->restart_blocking());
  metric = pid->metric();
  REQUIRE(metric);
  CHECK(metric->restarts == 1);
  CHECK(metric->processed == 7);
  CHECK(metric->uptime == 0s);
  REQUIRE(pid->stop_blocking());
  CHECK(pid->metric().error().code() == ErrorCode::dead);
}

TEST_CASE("figures are summed per kind and outlive the actors [189]") {
  SeededSystem system;
  auto a = system->spawn<Worker>("a", {.long_lived = true});
  auto b = system->spawn<Worker>("b", {.long_lived = true});
  auto c = system->spawn<Other>("c", {.long_lived = true});
  for (int i = 0; i < 5; ++i) {
    REQUIRE(a->tell(Work{}));
    REQUIRE(b->tell(Work{}));
  }
  REQUIRE(c->tell(Work{}));
  REQUIRE(b->tell(Break{}));
  system.run();
  auto workers = of_kind(system, "Worker");
  CHECK(workers.actors == 2);
  CHECK(workers.processed == 11);
  CHECK(workers.failures == 1);
  CHECK(of_kind(system, "Other").processed == 1);
  REQUIRE(b->stop_blocking());
  workers = of_kind(system, "Worker");
  CHECK(workers.actors == 1);
  CHECK(workers.processed == 11);
  CHECK(workers.failures == 1);
}

TEST_CASE("the depths of the mailboxes are distributed per kind [189]") {
  SeededSystem system;
  auto a = system->spawn<Worker>("a", {.long_lived = true});
  auto b = system->spawn<Worker>("b", {.long_lived = true});
  system.run();
  REQUIRE(b);
  for (int i = 0; i < 5; ++i) REQUIRE(a->tell(Work{}));
  const auto workers = of_kind(system, "Worker");
  CHECK(workers.mailbox == 5);
  CHECK(workers.depth.count == 2);
  CHECK(workers.depth.buckets[0] == 1);                             // empty
  CHECK(workers.depth.buckets[PowerHistogram::bucket_of(5)] == 1);  // 4 to 7
  CHECK(PowerHistogram::upper_end(PowerHistogram::bucket_of(5)) == 7);
}

TEST_CASE("processing time is measured per kind, only where metrics are on [189]") {
  for (const bool on : {true, false}) {
    SystemOptions options;
    options.metrics = on;
    SeededSystem system(std::move(options));
    auto pid = system->spawn<Worker>("worker", {.long_lived = true}, system.clock.get());
    REQUIRE(pid);
    system.run();
    for (int i = 0; i < 4; ++i) REQUIRE(pid->tell(Work{1us}));
    system.run();
    REQUIRE(pid->tell(Work{1ms}));
    system.run();
    const auto metric = of_kind(system, "Worker");
    CHECK(metric.processed == 5);
    const auto& times = metric.processing.buckets;
    CHECK(times[PowerHistogram::bucket_of(1'000)] == (on ? 4 : 0));
    CHECK(times[PowerHistogram::bucket_of(1'000'000)] == (on ? 1 : 0));
    CHECK(metric.processing.sum == (on ? 1'004'000 : 0));
    CHECK(pid->metric()->last_processing == (on ? 1ms : 0ms));
  }
}

TEST_CASE("passivations are counted per kind, stops are not [189]") {
  SeededSystem system;
  REQUIRE(system->spawn<Worker>("idle", {.passivation = Passivation::time_based(1s)}));
  auto stopped = system->spawn<Worker>("stopped", {.passivation = Passivation::time_based(1h)});
  REQUIRE(stopped);
  system.run();
  REQUIRE(stopped->stop_blocking());
  CHECK(of_kind(system, "Worker").passivated == 0);
  system.advance(2s);
  CHECK(of_kind(system, "Worker").passivated == 1);
  CHECK(of_kind(system, "Worker").actors == 0);
}

TEST_CASE("actors that wait for a thread are counted [189]") {
  SystemOptions options;
  options.workers = 1;
  auto system = threaded_system(std::move(options));
  const auto b = system->spawn<Other>("b", {.long_lived = true});
  const auto c = system->spawn<Other>("c", {.long_lived = true});
  std::promise<void> opened;
  const auto a = system->spawn<Holder>("a", {.long_lived = true}, opened.get_future().share(),
                                       std::vector<Pid>{*b, *c});
  REQUIRE(a);
  CHECK(inspect_dispatcher(*system).workers == 1);
  REQUIRE(a->tell(Work{}));
  CHECK(eventually([&] { return inspect_dispatcher(*system).ready == 2; }));
  opened.set_value();
  CHECK(eventually([&] { return inspect_dispatcher(*system).ready == 0; }));
}
