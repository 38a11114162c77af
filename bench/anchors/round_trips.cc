#include "bench/anchors/anchors.h"
#include "bench/anchors/pin.h"
#include "bench/anchors/queues.h"
#include "bench/harness/benchmark.h"

#include <atomic>
#include <linux/futex.h>
#include <optional>
#include <sys/syscall.h>
#include <thread>
#include <unistd.h>

namespace goakt::bench {

namespace {

struct alignas(kCacheLine) Word {
  std::atomic<std::uint32_t> value{0};
};

void futex(std::atomic<std::uint32_t>& word, int operation, std::uint32_t value) {
  syscall(SYS_futex, &word, operation | FUTEX_PRIVATE_FLAG, value, nullptr, nullptr, 0);
}

// Each side waits for the number of the round in its word and writes it into the other's.
template <class Signal, class Wait>
double round_trip(std::uint64_t count, std::optional<int> cpu_a, std::optional<int> cpu_b,
                  Signal signal, Wait wait) {
  Word to_a;
  Word to_b;
  double nanoseconds = 0;
  std::thread b([&] {
    pin(cpu_b);
    for (std::uint32_t i = 1; i <= count; ++i) {
      wait(to_b.value, i);
      signal(to_a.value, i);
    }
  });
  std::thread a([&] {
    pin(cpu_a);
    const auto start = Clock::now();
    for (std::uint32_t i = 1; i <= count; ++i) {
      signal(to_b.value, i);
      wait(to_a.value, i);
    }
    nanoseconds = seconds_since(start) * 1e9;
  });
  a.join();
  b.join();
  return nanoseconds / static_cast<double>(count);
}

double futex_round_trip(std::uint64_t count, std::optional<int> cpu_a, std::optional<int> cpu_b) {
  return round_trip(
      count, cpu_a, cpu_b,
      [](std::atomic<std::uint32_t>& word, std::uint32_t round) {
        word.store(round, std::memory_order_release);
        futex(word, FUTEX_WAKE, 1);
      },
      [](std::atomic<std::uint32_t>& word, std::uint32_t round) {
        while (word.load(std::memory_order_acquire) != round) futex(word, FUTEX_WAIT, round - 1);
      });
}

}  // namespace

double spin_rtt(std::uint64_t divisor) {
  return round_trip(
      1'000'000 / divisor, std::nullopt, std::nullopt,
      [](std::atomic<std::uint32_t>& word, std::uint32_t round) {
        word.store(round, std::memory_order_release);
      },
      [](std::atomic<std::uint32_t>& word, std::uint32_t round) {
        while (word.load(std::memory_order_acquire) != round) spin_hint();
      });
}

double futex_rtt(std::uint64_t divisor) {
  return futex_round_trip(10'000 / divisor, std::nullopt, std::nullopt);
}

double futex_rtt_same(std::uint64_t divisor) {
  return futex_round_trip(50'000 / divisor, 0, 0);
}

double futex_rtt_cross(std::uint64_t divisor) {
  return futex_round_trip(10'000 / divisor, 0, 1);
}

}  // namespace goakt::bench
