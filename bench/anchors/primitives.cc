#include "bench/anchors/anchors.h"
#include "bench/anchors/queues.h"
#include "bench/harness/benchmark.h"

#include <array>
#include <atomic>
#include <cstdlib>
#include <thread>

namespace goakt::bench {

namespace {

double nanoseconds_each(std::uint64_t count, Clock::time_point start) {
  return seconds_since(start) * 1e9 / static_cast<double>(count);
}

}  // namespace

double atomic_inc(std::uint64_t divisor) {
  alignas(kCacheLine) std::atomic<std::uint64_t> counter{0};
  const std::uint64_t count = 50'000'000 / divisor;
  const auto start = Clock::now();
  for (std::uint64_t i = 0; i < count; ++i) counter.fetch_add(1, std::memory_order_relaxed);
  return nanoseconds_each(count, start);
}

double atomic_inc_2(std::uint64_t divisor) {
  alignas(kCacheLine) std::atomic<std::uint64_t> counter{0};
  const std::uint64_t per_thread = 10'000'000 / divisor;
  const auto work = [&] {
    for (std::uint64_t i = 0; i < per_thread; ++i) counter.fetch_add(1, std::memory_order_relaxed);
  };
  const auto start = Clock::now();
  std::thread second(work);
  work();
  second.join();
  return nanoseconds_each(2 * per_thread, start);
}

double malloc64(std::uint64_t divisor) {
  const std::uint64_t count = 20'000'000 / divisor;
  const auto start = Clock::now();
  for (std::uint64_t i = 0; i < count; ++i) {
    void* block = std::malloc(64);
    keep(block);
    std::free(block);
  }
  return nanoseconds_each(count, start);
}

// One thread allocates batches, the other frees them; two batches are in flight.
double malloc64_x(std::uint64_t divisor) {
  constexpr std::size_t kBatch = 4096;
  const std::uint64_t batches = 1'000 / divisor;
  std::array<std::array<void*, kBatch>, 2> slots{};
  std::array<std::atomic<bool>, 2> is_full{};
  const auto start = Clock::now();
  std::thread consumer([&] {
    for (std::uint64_t b = 0; b < batches; ++b) {
      auto& full = is_full[b % 2];
      while (!full.load(std::memory_order_acquire)) std::this_thread::yield();
      for (void* block : slots[b % 2]) std::free(block);
      full.store(false, std::memory_order_release);
    }
  });
  for (std::uint64_t b = 0; b < batches; ++b) {
    auto& full = is_full[b % 2];
    while (full.load(std::memory_order_acquire)) std::this_thread::yield();
    for (void*& block : slots[b % 2]) block = std::malloc(64);
    full.store(true, std::memory_order_release);
  }
  consumer.join();
  return nanoseconds_each(batches * kBatch, start);
}

double clock_read(std::uint64_t divisor) {
  const std::uint64_t count = 10'000'000 / divisor;
  const auto start = Clock::now();
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto now = Clock::now();
    keep(&now);
  }
  return nanoseconds_each(count, start);
}

}  // namespace goakt::bench
