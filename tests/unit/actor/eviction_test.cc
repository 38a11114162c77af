#include "goakt/actor/eviction.h"

#include "seeded_system.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace goakt;
using namespace goakt::testing;
using namespace std::chrono_literals;

namespace {

struct Work {};

class Worker final : public Actor {
  void work(const Work&) {}

 public:
  static constexpr auto handles = handlers(&Worker::work);
};

SystemOptions with(std::size_t limit, EvictionPolicy policy, int percentage) {
  SystemOptions options;
  options.eviction = *EvictionStrategy::create(limit, policy, percentage);
  options.eviction_interval = 10s;
  return options;
}

// Spawns a, b, c, ... one second apart; afterwards each handles as many messages as `work` says, in
// that order, one second apart.
void populate(SeededSystem& system, const std::vector<std::pair<std::string, int>>& work) {
  for (const auto& [name, messages] : work)
    REQUIRE(system->spawn<Worker>(name, {.long_lived = true}));
  system.run();
  for (const auto& [name, messages] : work) {
    system.clock->advance(1s);
    for (int i = 0; i < messages; ++i) REQUIRE(system->tell(name, Work{}));
    // Without firing timers: the round must not come in between.
    while (system->internals().dispatcher.run_one()) {
    }
  }
}

std::string left(const SeededSystem& system) {
  std::vector<std::string> names;
  for (const Pid& pid : system->actors()) names.emplace_back(pid.name());
  std::sort(names.begin(), names.end());
  std::string text;
  for (const auto& name : names) text += name;
  return text;
}

}  // namespace

TEST_CASE("a strategy needs a limit and a policy, its percentage is brought into range [152]") {
  CHECK_FALSE(EvictionStrategy::create(0, EvictionPolicy::lru, 10));
  CHECK(EvictionStrategy::create(1, static_cast<EvictionPolicy>(3), 10).error().message() ==
        "invalid eviction policy");
  CHECK(EvictionStrategy::create(1, EvictionPolicy::mru, 200)->percentage() == 100);
  CHECK(EvictionStrategy::create(1, EvictionPolicy::lfu, -1)->percentage() == 0);
}

TEST_CASE("above the limit, the excess or the percentage goes, whichever is more [152]") {
  const auto strategy = *EvictionStrategy::create(10, EvictionPolicy::lru, 25);
  CHECK(strategy.surplus(10) == 0);
  CHECK(strategy.surplus(11) == 2);
  CHECK(strategy.surplus(20) == 10);
  CHECK(EvictionStrategy::create(10, EvictionPolicy::lru, 0)->surplus(11) == 1);
  CHECK(EvictionStrategy::create(1, EvictionPolicy::lru, 100)->surplus(7) == 7);
}

TEST_CASE("LRU stops those that have been idle for longest, then those with less work [152]") {
  SeededSystem system(with(4, EvictionPolicy::lru, 0));
  populate(system, {{"c", 1}, {"a", 3}, {"e", 1}, {"b", 1}, {"d", 9}});
  REQUIRE(system->tell("c", Work{}));  // no longer the oldest
  system.run();
  CHECK(left(system) == "abcde");
  system.advance(5s);
  CHECK(left(system) == "bcde");
  // Within one second the number of messages decides.
  for (const char* name : {"b", "c", "d", "e"}) REQUIRE(system->tell(name, Work{}));
  system.run();
  REQUIRE(system->spawn<Worker>("f", {.long_lived = true}));
  system.advance(10s);
  CHECK(left(system) == "bcde");
}

TEST_CASE("a node within its limit keeps all its actors [152]") {
  SeededSystem system(with(5, EvictionPolicy::lru, 100));
  populate(system, {{"a", 1}, {"b", 1}, {"c", 1}, {"d", 1}, {"e", 1}});
  system.advance(1min);
  CHECK(left(system) == "abcde");
}

TEST_CASE("LFU stops those with the fewest messages, then the older ones [153]") {
  SeededSystem system(with(3, EvictionPolicy::lfu, 0));
  populate(system, {{"a", 5}, {"b", 1}, {"c", 2}, {"d", 1}, {"e", 7}});
  system.advance(5s);
  CHECK(left(system) == "ace");
}

TEST_CASE("of actors with equally few messages LFU stops the older one [153]") {
  SeededSystem system(with(4, EvictionPolicy::lfu, 20));
  populate(system, {{"a", 5}, {"b", 1}, {"c", 2}, {"d", 1}, {"e", 7}});
  system.advance(5s);
  CHECK(left(system) == "acde");
}

TEST_CASE("MRU stops those that worked last, then those with more work [154]") {
  SeededSystem system(with(4, EvictionPolicy::mru, 40));
  populate(system, {{"a", 1}, {"b", 1}, {"c", 9}, {"d", 2}, {"e", 1}});
  system.advance(5s);
  CHECK(left(system) == "abc");
}

TEST_CASE("when memory runs short a share of the actors goes, at least one [155]") {
  SystemOptions options;
  int usage = 79;
  options.memory_pressure = {.percent = 80, .evicted_percent = 40};
  options.memory_usage_percent = [&usage] { return usage; };
  options.eviction_interval = 10s;
  SeededSystem system(std::move(options));
  populate(system, {{"a", 1}, {"b", 1}, {"c", 1}, {"d", 1}, {"e", 1}});
  system.advance(5s);
  CHECK(left(system) == "abcde");
  usage = 80;
  system.advance(10s);
  CHECK(left(system) == "cde");
  system.advance(10s);
  CHECK(left(system) == "de");
  usage = 20;
  system.advance(10s);
  CHECK(left(system) == "de");
}

TEST_CASE("without an injected figure the process' own memory counts [155]") {
  SystemOptions options;
  options.memory_pressure = {.percent = 100};
  options.eviction_interval = 10s;
  SeededSystem system(std::move(options));
  populate(system, {{"a", 1}});
  system.advance(10s);
  CHECK(left(system) == "a");  // a test that used all the memory would not get here
}
