// What of base is shared between threads, under load: for ThreadSanitizer to look at, and for
// invariants that only threads can break.

#include "goakt/base/circuit_breaker.h"
#include "goakt/base/histogram.h"
#include "goakt/base/log_output.h"
#include "goakt/base/random.h"

#include <doctest/doctest.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <stdlib.h>
#include <string>
#include <thread>
#include <vector>

namespace goakt {
namespace {

using namespace std::chrono_literals;

constexpr int kThreads = 4;

template <class Work>
void in_threads(Work work) {
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) threads.emplace_back(work, i);
  for (auto& thread : threads) thread.join();
}

const CircuitBreaker::Options kTouchy{.failure_rate = 0.5,
                                      .min_requests = 5,
                                      .open_timeout = 1ms,
                                      .window = 1s,
                                      .buckets = 4,
                                      .half_open_max_calls = 2};

void open(CircuitBreaker& breaker) {
  while (breaker.state() != CircuitBreaker::State::open)
    static_cast<void>(breaker.execute({}, []() -> Status { return fail(ErrorCode::dead); }));
}

TEST_CASE("a probing breaker never runs more calls at a time than allowed") {
  FakeClock clock;
  CircuitBreaker breaker(kTouchy, clock);
  open(breaker);
  clock.advance(1ms);
  std::atomic<int> running{0};
  std::atomic<int> admitted{0};
  std::atomic<int> too_many{0};
  in_threads([&](int) {
    for (int i = 0; i < 20'000; ++i) {
      const auto permit = breaker.acquire();
      if (!permit) continue;
      ++admitted;
      if (running.fetch_add(1) >= 2) ++too_many;
      std::this_thread::yield();
      running.fetch_sub(1);  // without a report it stays half-open
    }
  });
  CHECK(too_many == 0);
  CHECK(admitted > 0);
}

TEST_CASE("a breaker that opens and closes under load loses no permit") {
  FakeClock clock;
  CircuitBreaker breaker(kTouchy, clock);
  std::atomic<int> refused{0};
  in_threads([&](int thread) {
    Rng rng(static_cast<std::uint64_t>(thread));
    for (int i = 0; i < 10'000; ++i) {
      const auto result = breaker.execute({}, [&]() -> Status {
        if (rng.chance(0.5)) return fail(ErrorCode::dead);
        return {};
      });
      if (!result && result.error().is(ErrorCode::circuit_open)) {
        ++refused;
        clock.advance(100us);
      }
      if (i % 64 == 0) static_cast<void>(breaker.metrics());
    }
  });
  CHECK(refused > 0);
  open(breaker);
  clock.advance(1ms);
  const auto first = breaker.acquire();
  const auto second = breaker.acquire();
  CHECK(first.has_value());
  CHECK(second.has_value());
  CHECK_FALSE(breaker.acquire().has_value());
}

TEST_CASE("every thread's lines arrive whole and in that thread's order") {
  char folder[] = "/tmp/goakt-stress-XXXXXX";
  REQUIRE(mkdtemp(folder) != nullptr);
  const auto file = std::string(folder) + "/node.log";
  constexpr int kLines = 2'000;
  {
    auto output =
        LogOutput::open({.format = LogFormat::text, .file = file, .queue = 2 * kThreads * kLines});
    REQUIRE(output.has_value());
    const Logger log(*output, {.lines_per_site_and_second = 0});
    in_threads([&](int thread) {
      const auto own = log.named("t" + std::to_string(thread)).with({{"thread", thread}});
      for (int i = 0; i < kLines; ++i) {
        own.info("line", {{"number", i}});
        // Others change levels and flush meanwhile; info stays enabled.
        if (i % 500 == 0) log.set_level(i % 1000 == 0 ? LogLevel::debug : LogLevel::info);
        if (i % 700 == 0) log.flush();
      }
    });
  }
  std::vector<int> next(kThreads, 0);
  std::ifstream stream(file);
  for (std::string line; std::getline(stream, line);) {
    int thread = -1;
    int number = -1;
    const auto fields = line.find("thread=");
    REQUIRE_MESSAGE(fields != std::string::npos, line);
    REQUIRE(std::sscanf(line.c_str() + fields, "thread=%d number=%d", &thread, &number) == 2);
    REQUIRE(number == next.at(static_cast<std::size_t>(thread)));
    ++next[static_cast<std::size_t>(thread)];
  }
  for (const int lines : next) CHECK(lines == kLines);
  std::filesystem::remove_all(folder);
}

TEST_CASE("a flooding call site is limited whichever threads use it") {
  class Count final : public LogSink {
   public:
    void write(const LogRecord&) noexcept override { ++lines; }

    std::atomic<int> lines{0};
  };

  const FakeClock clock;
  const auto sink = std::make_shared<Count>();
  const Logger log(sink, {.lines_per_site_and_second = 10, .clock = &clock});
  in_threads([&](int) {
    for (int i = 0; i < 5'000; ++i) log.info("flood");
  });
  // The first lines of all may find the slot being taken at the same time.
  CHECK(sink->lines >= 10);
  CHECK(sink->lines <= 10 + kThreads);
}

TEST_CASE("recorders of many threads add up while they are read") {
  std::vector<HistogramRecorder> recorders(kThreads);
  constexpr std::uint64_t kValues = 50'000;
  std::atomic<bool> done{false};
  std::thread reader([&] {
    while (!done) {
      Histogram sum;
      for (const auto& recorder : recorders) recorder.merge_into(sum);
      if (sum.percentile(50) > sum.max()) std::abort();
    }
  });
  in_threads([&](int thread) {
    auto& recorder = recorders[static_cast<std::size_t>(thread)];
    for (std::uint64_t i = 1; i <= kValues; ++i) recorder.record(i);
  });
  done = true;
  reader.join();
  Histogram sum;
  for (const auto& recorder : recorders) recorder.merge_into(sum);
  CHECK(sum.count() == kThreads * kValues);
  CHECK(sum.sum() == kThreads * kValues * (kValues + 1) / 2);
}

}  // namespace
}  // namespace goakt
