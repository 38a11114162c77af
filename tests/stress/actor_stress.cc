// Life and work of actors on real threads, for ThreadSanitizer to look at and for invariants that
// only threads can break.

#include "tests/stress/support.h"

#include <atomic>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace goakt;
using namespace goakt::testing;
using namespace std::chrono_literals;

namespace {

struct Ping {
  int value;
};

struct Pong {
  int value;
};

struct Tick {};

struct Break {};

struct Grow {};

class Echo final : public Actor {
  Pong ping(const Ping& m) {
    ++plain_;
    return {m.value};
  }

  void tick(const Tick&) { ticks.fetch_add(1, std::memory_order_relaxed); }

  void broken(const Break&) { throw std::runtime_error("broken"); }

  void grow(const Grow&, ReceiveContext& ctx) {
    static_cast<void>(ctx.spawn<Echo>("child" + std::to_string(plain_++ % 3)));
  }

  int plain_ = 0;  // for the sanitizer: only turns that are ordered may touch it

 public:
  static inline std::atomic<std::uint64_t> ticks{0};
  static constexpr auto handles = handlers(&Echo::tick, &Echo::ping, &Echo::broken, &Echo::grow);
};

}  // namespace

TEST_CASE("asks of several threads are all answered, run by the asker or not") {
  for (const bool inline_ask : {true, false}) {
    std::atomic<int> wrong{0};
    auto system = started({.workers = 2, .inline_ask = inline_ask});
    std::vector<Pid> actors;
    for (int i = 0; i < 3; ++i) actors.push_back(*system->spawn<Echo>("e" + std::to_string(i)));
    in_threads(3, [&](int t) {
      for (int i = 0; i < rounds(2'000); ++i) {
        auto answer = actors[static_cast<std::size_t>(i + t) % 3].ask<Pong>(Ping{i}, 30s);
        if (!answer || answer->value != i) ++wrong;
      }
    });
    CHECK(wrong == 0);
  }
}

TEST_CASE("what a stopping actor accepts is handled or becomes a dead letter") {
  std::atomic<std::uint64_t> accepted{0};
  std::atomic<int> wrong{0};
  auto system = started({.workers = 2});
  Echo::ticks = 0;
  for (int round = 0; round < rounds(200); ++round) {
    const Pid pid = *system->spawn<Echo>("e");
    in_threads(3, [&](int t) {
      if (t == 2) {
        if (!pid.stop_blocking(30s)) ++wrong;
        return;
      }
      for (int i = 0; i < 50; ++i)
        if (pid.tell(Tick{})) ++accepted;
    });
    if (pid.is_running() || system->num_actors() != 0) ++wrong;
  }
  CHECK(wrong == 0);
  CHECK(eventually([&] { return Echo::ticks + system->dead_letters_count() == accepted; }));
}

TEST_CASE("an ask of an actor that stops meanwhile ends with an answer or an error") {
  std::atomic<int> wrong{0};
  auto system = started({.workers = 2});
  for (int round = 0; round < rounds(200); ++round) {
    const Pid pid = *system->spawn<Echo>("e");
    in_threads(3, [&](int t) {
      if (t == 2) {
        if (!pid.stop_blocking(30s)) ++wrong;
        return;
      }
      for (int i = 0; i < 20; ++i) {
        auto answer = pid.ask<Pong>(Ping{i}, 30s);
        if (answer ? answer->value != i : answer.error().code() != ErrorCode::dead) ++wrong;
      }
    });
  }
  CHECK(wrong == 0);
}

TEST_CASE("handles of stopped actors never reach their successors") {
  std::atomic<int> wrong{0};
  auto system = started({.workers = 2});
  in_threads(3, [&](int t) {
    std::vector<Pid> stale;
    for (int round = 0; round < rounds(1'500); ++round) {
      auto pid = system->spawn<Echo>("t" + std::to_string(t) + "-" + std::to_string(round % 7));
      if (!pid) {
        ++wrong;
        continue;
      }
      auto answer = pid->ask<Pong>(Ping{round}, 30s);
      if (!answer || answer->value != round) ++wrong;
      if (!pid->stop_blocking(30s)) ++wrong;
      stale.push_back(*pid);
      const Pid& old = stale[static_cast<std::size_t>(round / 2)];
      if (old.tell(Ping{1}) || old.is_running()) ++wrong;
      static_cast<void>(old.stop());
      static_cast<void>(old.reinstate());
    }
  });
  CHECK(wrong == 0);
  CHECK(system->num_actors() == 0);
}

TEST_CASE("spawns, stops and restarts of the same few names end in a clean tree") {
  std::atomic<int> wrong{0};
  auto system = started({.workers = 2});
  in_threads(3, [&](int t) {
    for (int round = 0; round < rounds(300); ++round) {
      auto pid = system->spawn<Echo>("n" + std::to_string(round % 3));
      if (!pid) {
        ++wrong;
        continue;
      }
      static_cast<void>(static_cast<const Pid&>(*pid).tell(Grow{}));
      static_cast<void>(static_cast<const Pid&>(*pid).tell(Grow{}));
      Status ended;
      if ((round + t) % 3 == 0)
        ended = pid->restart_blocking(30s);
      else if ((round + t) % 3 == 1)
        ended = pid->stop_blocking(30s);
      if (!ended && ended.error().code() != ErrorCode::dead) ++wrong;
    }
  });
  CHECK(wrong == 0);
  for (const Pid& pid : system->user_guardian().children()) CHECK(pid.stop_blocking(30s));
  CHECK(system->num_actors() == 0);
  CHECK(system->stop());
}

TEST_CASE("failing actors are restarted under load") {
  auto supervisor = std::make_shared<Supervisor>();
  supervisor->any_error(Directive::restart);
  std::atomic<bool> done{false};
  auto system = started({.workers = 2, .default_supervisor = supervisor});
  const Pid pid = *system->spawn<Echo>("e");
  const int breaks = rounds(300);
  in_threads(3, [&](int t) {
    if (t != 0) {
      while (!done) static_cast<void>(pid.ask<Pong>(Ping{1}, 30s));
      return;
    }
    for (int i = 0; i < breaks;) {
      if (pid.tell(Break{}))
        ++i;
      else
        std::this_thread::yield();
    }
    done = true;
  });
  CHECK(eventually([&] {
    return pid.is_running() && pid.restart_count() == static_cast<std::uint32_t>(breaks);
  }));
  CHECK(pid.ask<Pong>(Ping{7}, 30s)->value == 7);
}

TEST_CASE("a system stops in the middle of everything") {
  for (int round = 0; round < rounds(20); ++round) {
    std::atomic<bool> done{false};
    auto system = started({.workers = 2});
    std::vector<std::thread> threads;
    for (int t = 0; t < 2; ++t)
      threads.emplace_back([&, t] {
        for (int i = 0; !done; ++i) {
          auto pid = system->spawn<Echo>("n" + std::to_string((i + t) % 5));
          if (!pid) continue;
          static_cast<void>(static_cast<const Pid&>(*pid).tell(Grow{}));
          static_cast<void>(pid->tell(Ping{i}));
        }
      });
    std::this_thread::sleep_for(2ms);
    CHECK(system->stop());
    done = true;
    for (auto& thread : threads) thread.join();
    CHECK(system->num_actors() == 0);
  }
}
