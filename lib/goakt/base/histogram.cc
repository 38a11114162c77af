#include "goakt/base/histogram.h"

#include <cmath>

namespace goakt {

static_assert(Histogram::bucket_of(std::numeric_limits<std::uint64_t>::max()) ==
              Histogram::kBuckets - 1);
static_assert(Histogram::upper_end(Histogram::kBuckets - 1) ==
              std::numeric_limits<std::uint64_t>::max());

void Histogram::merge(const Histogram& other) noexcept {
  for (std::size_t i = 0; i < kBuckets; ++i) buckets_[i] += other.buckets_[i];
  count_ += other.count_;
  sum_ += other.sum_;
  min_ = std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
}

double Histogram::mean() const noexcept {
  return count_ == 0 ? 0 : static_cast<double>(sum_) / static_cast<double>(count_);
}

std::uint64_t Histogram::percentile(double percent) const noexcept {
  if (count_ == 0) return 0;
  const double share = std::clamp(percent, 0.0, 100.0) / 100;
  const auto wanted = std::max<std::uint64_t>(
      1, static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(count_))));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < kBuckets; ++i) {
    seen += buckets_[i];
    if (seen >= wanted) return std::clamp(upper_end(i), min_, max_);
  }
  return max_;
}

std::uint64_t Histogram::count_up_to(std::uint64_t bound) const noexcept {
  if (bound >= max_) return count_;
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < kBuckets && upper_end(i) <= bound; ++i) seen += buckets_[i];
  return seen;
}

void HistogramRecorder::merge_into(Histogram& histogram) const noexcept {
  const auto min = min_.load(std::memory_order_relaxed);
  const auto max = max_.load(std::memory_order_relaxed);
  // Through the buckets, so that count and percentiles of the copy agree with each other.
  for (std::size_t i = 0; i < Histogram::kBuckets; ++i) {
    const auto count = buckets_[i].load(std::memory_order_relaxed);
    if (count == 0) continue;
    // The first value of all may be counted already and its extremes not yet be there.
    if (min <= max)
      histogram.add(i, count, 0, min, max);
    else
      histogram.add(i, count, 0, Histogram::upper_end(i), Histogram::upper_end(i));
  }
  histogram.sum_ += sum_.load(std::memory_order_relaxed);
}

}  // namespace goakt
