// A thread outside the pool hands its messages to the workers over a lane, which one worker
// empties. When that worker is held up in a handler, the others must come for the rest.

#include "tests/stress/support.h"

#include <atomic>
#include <string>
#include <vector>

using namespace goakt;
using namespace goakt::testing;
using namespace std::chrono_literals;

namespace {

struct Hold {};

struct Note {};

// Where handlers wait until the test has seen what must happen meanwhile.
struct Gate {
  std::atomic<int> inside{0};
  std::atomic<bool> open{false};
};

// Holds its worker; may wake another actor first, which then waits in that worker's LIFO slot.
class Holder final : public Actor {
  void hold(const Hold&, ReceiveContext& ctx) {
    if (wakes_) ctx.tell(wakes_, Note{});
    gate_.inside.fetch_add(1);
    while (!gate_.open.load()) std::this_thread::sleep_for(100us);
    gate_.inside.fetch_sub(1);
  }

  Gate& gate_;
  Pid wakes_;

 public:
  explicit Holder(Gate& gate, Pid wakes) : gate_(gate), wakes_(wakes) {}

  static constexpr auto handles = handlers(&Holder::hold);
};

class Counter final : public Actor {
  void note(const Note&) { seen_.fetch_add(1); }

  std::atomic<int>& seen_;

 public:
  explicit Counter(std::atomic<int>& seen) : seen_(seen) {}

  static constexpr auto handles = handlers(&Counter::note);
};

enum class Neighbour { none, in_lifo_slot };

// Each thread holds up one worker and goes on sending to its own actors. One worker stays free.
void hold_up(int threads, Neighbour neighbour) {
  constexpr int kOthers = 3;
  constexpr int kMessages = 50;
  Gate gate;
  std::atomic<int> seen{0};
  std::atomic<int> in_slot{0};
  auto system = started({.workers = static_cast<std::size_t>(threads) + 1});
  for (int round = 0; round < rounds(15); ++round) {
    gate.open = false;
    seen = 0;
    in_slot = 0;
    std::vector<Pid> holders;
    std::vector<Pid> others;
    for (int t = 0; t < threads; ++t) {
      const std::string name = std::to_string(round) + "-" + std::to_string(t);
      Pid slot;
      if (neighbour == Neighbour::in_lifo_slot)
        slot = *system->spawn<Counter>("slot-" + name, {}, std::ref(in_slot));
      holders.push_back(*system->spawn<Holder>("holder-" + name, {}, std::ref(gate), slot));
      for (int i = 0; i < kOthers; ++i)
        others.push_back(
            *system->spawn<Counter>(name + "-" + std::to_string(i), {}, std::ref(seen)));
    }
    // Every third round begins with the pool asleep, the others while it still looks for work.
    if (round % 3 == 0) std::this_thread::sleep_for(2ms);
    in_threads(threads, [&](int t) {
      const auto first = static_cast<std::size_t>(t) * kOthers;
      CHECK(holders[static_cast<std::size_t>(t)].tell(Hold{}));
      // Some follow at once, in the same batch of the lane, and the rest when the worker is held.
      for (int i = 0; i < kMessages; ++i) {
        if (i == kMessages / 2) CHECK(eventually([&] { return gate.inside > 0; }));
        CHECK(others[first + static_cast<std::size_t>(i % kOthers)].tell(Note{}));
      }
      // The lane goes when its thread does, so the thread stays until all has been handled.
      CHECK(eventually([&] { return seen == threads * kMessages; }));
      if (neighbour == Neighbour::in_lifo_slot)
        CHECK(eventually([&] { return in_slot == threads; }));
    });
    CHECK(gate.inside == threads);  // all of it happened beside them
    gate.open = true;
    for (const Pid& pid : holders) CHECK(pid.stop_blocking(30s));
    for (const Pid& pid : others) CHECK(pid.stop_blocking(30s));
  }
}

}  // namespace

TEST_CASE("what a thread sends is handled though a handler holds the worker of its lane") {
  hold_up(1, Neighbour::none);
  hold_up(3, Neighbour::none);
}

TEST_CASE("a worker that is held gives away its lane and the actor in its LIFO slot") {
  hold_up(1, Neighbour::in_lifo_slot);
  hold_up(3, Neighbour::in_lifo_slot);
}
