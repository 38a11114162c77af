#pragma once

#include "goakt/base/export.h"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace goakt {

// One actor's figures (GoAkt's pid.Metric()). Read without stopping the actor.
struct ActorMetric {
  std::uint64_t dead_letters = 0;
  std::uint64_t children = 0;
  std::chrono::seconds uptime{0};
  std::chrono::milliseconds since_last_message{0};  // GoAkt: latestProcessedDuration
  std::uint64_t restarts = 0;
  std::uint64_t processed = 0;  // without PostStart
  std::uint64_t stash_size = 0;
  std::uint64_t failures = 0;
  std::uint64_t reinstated = 0;
  std::uint64_t mailbox = 0;
  // One message of the last turn took this long; zero unless SystemOptions::metrics.
  std::chrono::nanoseconds last_processing{0};
};

// A node's figures (GoAkt's system.Metric()).
struct SystemMetric {
  std::uint64_t dead_letters = 0;
  std::uint64_t actors = 0;
  std::chrono::seconds uptime{0};
  std::uint64_t memory_used = 0;       // bytes allocated by the process
  std::uint64_t memory_size = 0;       // RAM
  std::uint64_t memory_available = 0;  // of it free
};

// How many values fall between two powers of two.
struct PowerHistogram {
  static constexpr std::size_t kBuckets = 48;

  // Bucket i counts values below 2^i that are in no bucket before it.
  std::array<std::uint64_t, kBuckets> buckets{};
  std::uint64_t count = 0;
  std::uint64_t sum = 0;

  void add(std::uint64_t value) {
    ++buckets[bucket_of(value)];
    ++count;
    sum += value;
  }

  static constexpr std::size_t bucket_of(std::uint64_t value) {
    std::size_t bits = 0;
    while (value != 0 && bits < kBuckets - 1) {
      value >>= 1;
      ++bits;
    }
    return bits;
  }

  static constexpr std::uint64_t upper_end(std::size_t bucket) {
    return (std::uint64_t{1} << bucket) - 1;
  }
};

// The sum over all actors of one kind; the counters include actors that have stopped.
struct KindMetric {
  std::string kind;
  std::uint64_t actors = 0;
  std::uint64_t processed = 0;
  std::uint64_t failures = 0;
  std::uint64_t restarts = 0;
  std::uint64_t reinstated = 0;
  std::uint64_t passivated = 0;
  std::uint64_t stashed = 0;
  std::uint64_t mailbox = 0;  // messages waiting
  PowerHistogram depth;       // of the mailboxes, one value per actor
  PowerHistogram processing;  // nanoseconds per message; empty unless SystemOptions::metrics
};

}  // namespace goakt
