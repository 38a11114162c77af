#pragma once

#include "goakt/base/export.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace goakt {

// Counts of values of any size in 15 KB: buckets are exact below 32 and from there on 32 to each
// power of two, so that a percentile is at most 1/32 too high. A plain value, one thread at a time;
// histograms of several threads or nodes are merged.
class GOAKT_API Histogram {
 public:
  static constexpr std::size_t kBuckets = 60 * 32;

  void record(std::uint64_t value) noexcept { add(bucket_of(value), 1, value, value, value); }

  void merge(const Histogram& other) noexcept;

  std::uint64_t count() const noexcept { return count_; }

  std::uint64_t sum() const noexcept { return sum_; }

  double mean() const noexcept;

  // Both exact; 0 when empty.
  std::uint64_t min() const noexcept { return count_ == 0 ? 0 : min_; }

  std::uint64_t max() const noexcept { return max_; }

  // A value that `percent` of the recorded ones do not exceed: percentile(99.9). 0 when empty.
  std::uint64_t percentile(double percent) const noexcept;
  // How many are not above that value, for the cumulative buckets of Prometheus. Exact where the
  // bound ends a bucket (31, 63, 2^n - 1, ...), else without the bucket that it cuts.
  std::uint64_t count_up_to(std::uint64_t bound) const noexcept;

  static constexpr std::size_t bucket_of(std::uint64_t value) noexcept {
    if (value < 32) return value;
    const auto power = static_cast<unsigned>(std::bit_width(value)) - 1;
    return (power - 4) * 32 + ((value >> (power - 5)) & 31);
  }

  // The largest value that falls into it.
  static constexpr std::uint64_t upper_end(std::size_t bucket) noexcept {
    if (bucket < 32) return bucket;
    const auto shift = bucket / 32 - 1;
    return ((std::uint64_t{bucket % 32} + 33) << shift) - 1;
  }

 private:
  friend class HistogramRecorder;

  void add(std::size_t bucket, std::uint64_t count, std::uint64_t sum, std::uint64_t min,
           std::uint64_t max) noexcept {
    buckets_[bucket] += count;
    count_ += count;
    sum_ += sum;
    min_ = std::min(min_, min);
    max_ = std::max(max_, max);
  }

  std::array<std::uint64_t, kBuckets> buckets_{};
  std::uint64_t count_ = 0;
  std::uint64_t sum_ = 0;
  std::uint64_t min_ = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t max_ = 0;
};

// A histogram that one thread records into at the price of plain additions, while any other may
// take a copy. The copy may miss what is being recorded; nothing is torn.
class GOAKT_API HistogramRecorder {
 public:
  void record(std::uint64_t value) noexcept {
    bump(buckets_[Histogram::bucket_of(value)], 1);
    bump(sum_, value);
    if (value < min_.load(std::memory_order_relaxed)) min_.store(value, std::memory_order_relaxed);
    if (value > max_.load(std::memory_order_relaxed)) max_.store(value, std::memory_order_relaxed);
  }

  void merge_into(Histogram& histogram) const noexcept;

 private:
  // One writer, so load and store need not be one step. Relaxed: the counters order nothing.
  static void bump(std::atomic<std::uint64_t>& counter, std::uint64_t by) noexcept {
    counter.store(counter.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
  }

  std::array<std::atomic<std::uint64_t>, Histogram::kBuckets> buckets_{};
  std::atomic<std::uint64_t> sum_{0};
  std::atomic<std::uint64_t> min_{std::numeric_limits<std::uint64_t>::max()};
  std::atomic<std::uint64_t> max_{0};
};

}  // namespace goakt
