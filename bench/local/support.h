#pragma once

#include "bench/harness/benchmark.h"
#include "goakt/actor/system.h"

#include <google/protobuf/empty.pb.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

// What the local workloads share. Every figure counts messages whose handler has run.
namespace goakt::bench {

using Empty = google::protobuf::Empty;

// A benchmark cannot go on after an error: prints it and ends the process with a failure.
[[noreturn]] void give_up(const Error& error);

template <class T>
T must(Result<T> result) {
  if (!result) give_up(result.error());
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

std::unique_ptr<ActorSystem> start_system(SystemOptions options = {});

// Lets the measuring thread sleep until that many receivers have seen all they expect.
class Finish {
 public:
  void expect(std::uint32_t receivers) { left_.store(receivers, std::memory_order_relaxed); }

  void one_done() {
    if (left_.fetch_sub(1, std::memory_order_acq_rel) == 1) left_.notify_all();
  }

  void wait() const {
    for (std::uint32_t left = left_.load(std::memory_order_acquire); left != 0;
         left = left_.load(std::memory_order_acquire))
      left_.wait(left, std::memory_order_acquire);
  }

 private:
  std::atomic<std::uint32_t> left_{0};
};

// Counts in a plain field of its own; tells after `expected` messages and starts again.
class Counter {
 public:
  Counter(const std::uint64_t* expected, Finish* finish) : expected_(expected), finish_(finish) {}

  void count() {
    if (++seen_ < *expected_) return;
    seen_ = 0;
    finish_->one_done();
  }

 private:
  const std::uint64_t* expected_;
  Finish* finish_;
  std::uint64_t seen_ = 0;
};

// Runs send(index) on that many threads of its own and returns when all have returned.
template <class Send>
void on_threads(unsigned threads, Send&& send) {
  std::vector<std::thread> running;
  for (unsigned i = 0; i < threads; ++i) running.emplace_back([&send, i] { send(i); });
  for (auto& thread : running) thread.join();
}

// The mean comes from a loop without clock reads, the percentiles from a second one.
template <class Ask>
void report_ask(Run& run, std::uint64_t asks, Ask ask) {
  run.report_nanoseconds("", asks, [&](std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) ask();
  });
  std::vector<std::uint32_t> samples;
  samples.reserve(run.count(asks));
  for (std::uint64_t i = 0; i < run.count(asks); ++i) {
    const auto start = Clock::now();
    ask();
    samples.push_back(static_cast<std::uint32_t>(
        std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - start).count()));
  }
  run.report_percentiles("", samples);
}

}  // namespace goakt::bench
