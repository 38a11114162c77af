// L7 to L9: how long an answer takes.

#include "bench/anchors/queues.h"
#include "bench/local/support.h"

#include <array>
#include <chrono>

namespace goakt::bench {

namespace {

constexpr std::uint64_t kAsks = 300'000;
constexpr std::chrono::seconds kTimeout{5};

// The message is built where it travels, as docs/writing-actors.md says for protobuf classes.
constexpr auto kFill = [](Empty&) {};

// Looks at the answer where it is.
template <class T>
void check(const Result<T>& result) {
  if (!result) give_up(result.error());
}

class Echo final : public Actor {
  Empty echo(const Empty&) { return {}; }

 public:
  static constexpr auto handles = handlers(&Echo::echo);
};

void ask(Run& run, SystemOptions options) {
  const auto system = start_system(std::move(options));
  const Pid echo = must(system->spawn<Echo>("echo"));
  report_ask(run, kAsks, [&] { check(echo.ask<Empty>(kFill, kTimeout)); });
}

// A sends to B, B to the sender.
class Ping final : public Actor {
 public:
  Ping(Pid other, const std::uint64_t* rounds, Finish* finish)
      : other_(other), rounds_(rounds), finish_(finish) {}

 private:
  void ball(const Empty&, ReceiveContext& ctx) {
    if (seen_++ < *rounds_) {
      ctx.tell<Empty>(other_);
      return;
    }
    seen_ = 0;
    finish_->one_done();
  }

  Pid other_;
  const std::uint64_t* rounds_;
  Finish* finish_;
  std::uint64_t seen_ = 0;

 public:
  static constexpr auto handles = handlers(&Ping::ball);
};

class Pong final : public Actor {
  void ball(const Empty&, ReceiveContext& ctx) { ctx.tell<Empty>(ctx.sender()); }

 public:
  static constexpr auto handles = handlers(&Pong::ball);
};

struct Start {};

// Asks without blocking; what comes after the answer tells the thread that waits.
class Requester final : public Actor {
 public:
  Requester(Pid echo, std::atomic<std::uint64_t>* done) : echo_(echo), done_(done) {}

 private:
  Task<void> start(const Start&, ReceiveContext& ctx) {
    auto pending = ctx.ask<Empty, Empty>(echo_, kTimeout);
    auto reply = co_await std::move(pending);
    if (!reply) give_up(reply.error());
    done_->store(done_->load(std::memory_order_relaxed) + 1, std::memory_order_release);
  }

  Pid echo_;
  std::atomic<std::uint64_t>* done_;

 public:
  static constexpr auto handles = handlers(&Requester::start);
};

struct alignas(64) Done {
  std::atomic<std::uint64_t> count{0};
};

GOAKT_BENCHMARK("ask", "L7: one outside thread asks an idle echo actor, 300,000 times") {
  ask(run, {});
}

GOAKT_BENCHMARK("ask-worker", "L7: the same with inline_ask off: a worker answers") {
  SystemOptions options;
  options.inline_ask = false;
  ask(run, std::move(options));
}

GOAKT_BENCHMARK("ask-name", "L7: the same by name") {
  const auto system = start_system();
  must(system->spawn<Echo>("echo"));
  report_ask(run, kAsks, [&] { check(system->ask<Empty>("echo", kFill, kTimeout)); });
}

GOAKT_BENCHMARK("ask-2", "L7: two outside threads ask one echo actor; time per ask of a thread") {
  const auto system = start_system();
  const Pid echo = must(system->spawn<Echo>("echo"));
  run.report_nanoseconds("", kAsks, [&](std::uint64_t count) {
    on_threads(2, [&](unsigned) {
      for (std::uint64_t i = 0; i < count; ++i) check(echo.ask<Empty>(kFill, kTimeout));
    });
  });
}

GOAKT_BENCHMARK("ping-pong", "L8: two actors, 1 M round trips inside the system") {
  const auto system = start_system();
  Finish finish;
  std::uint64_t rounds = 0;
  const Pid pong = must(system->spawn<Pong>("pong"));
  const Pid ping = must(system->spawn<Ping>("ping", {}, pong, &rounds, &finish));
  run.report_nanoseconds("", 1'000'000, [&](std::uint64_t count) {
    rounds = count;
    finish.expect(1);
    must(ping.tell<Empty>());
    finish.wait();
  });
}

GOAKT_BENCHMARK("request",
                "L9: two threads, each has an actor request an echo; one after the other") {
  constexpr unsigned kThreads = 2;
  const auto system = start_system();
  const Pid echo = must(system->spawn<Echo>("echo"));
  std::array<Done, kThreads> done;
  std::array<Pid, kThreads> requesters;
  for (unsigned i = 0; i < kThreads; ++i)
    requesters[i] =
        must(system->spawn<Requester>("requester-" + std::to_string(i), {}, echo, &done[i].count));
  run.report_rate("", "op/s", 600'000, [&](std::uint64_t count) {
    on_threads(kThreads, [&](unsigned p) {
      for (std::uint64_t i = 0; i < count / kThreads; ++i) {
        const std::uint64_t next = done[p].count.load(std::memory_order_relaxed) + 1;
        must(requesters[p].tell<Start>());
        for (int spins = 0; done[p].count.load(std::memory_order_acquire) != next; ++spins) {
          if (spins < 64)
            spin_hint();
          else
            std::this_thread::yield();
        }
      }
    });
  });
}

}  // namespace

}  // namespace goakt::bench
