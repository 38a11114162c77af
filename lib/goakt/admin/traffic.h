#pragma once

#include "goakt/base/clock.h"

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace goakt::admin {

// What the admin API itself has done, for its metrics, and how much of its slow work may run at
// once. Thread-safe.
class Traffic {
 public:
  // Upper ends of the buckets of a request's time, in seconds; the last one is without end.
  static constexpr std::array<double, 7> kBuckets{0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10};

  struct Series {
    std::string route;
    int status = 0;
    std::uint64_t count = 0;
    double seconds = 0;
    std::array<std::uint64_t, kBuckets.size()> buckets{};  // each with those below it
  };

  // `streams` and `waits`: how many may be open at once, see open_stream and begin_wait.
  Traffic(std::size_t streams, std::size_t waits) : most_streams_(streams), most_waits_(waits) {}

  void count(std::string_view route, int status, Duration took);
  std::vector<Series> series() const;

  // Held while a stream is open, or while a request waits for an actor's answer: both keep a
  // thread, and the rest must stay enough for requests that are answered at once. Null: too many.
  using Slot = std::shared_ptr<void>;

  Slot open_stream() { return take(streams_, most_streams_); }

  Slot begin_wait() { return take(waits_, most_waits_); }

  std::size_t streams() const { return streams_.load(std::memory_order_relaxed); }

  std::size_t most_streams() const { return most_streams_; }

 private:
  static Slot take(std::atomic<std::size_t>& counter, std::size_t most);

  const std::size_t most_streams_;
  const std::size_t most_waits_;
  std::atomic<std::size_t> streams_{0};
  std::atomic<std::size_t> waits_{0};
  mutable std::mutex mutex_;  // guards series_
  std::map<std::pair<std::string, int>, Series, std::less<>> series_;
};

}  // namespace goakt::admin
