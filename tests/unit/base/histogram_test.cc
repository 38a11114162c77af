#include "goakt/base/histogram.h"

#include "goakt/base/random.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <thread>
#include <vector>

namespace goakt {
namespace {

TEST_CASE("every value falls into the bucket whose ends hold it") {
  Rng rng(3);
  for (int i = 0; i < 100'000; ++i) {
    const auto value = rng() >> rng.below(64);
    const auto bucket = Histogram::bucket_of(value);
    REQUIRE(bucket < Histogram::kBuckets);
    REQUIRE(value <= Histogram::upper_end(bucket));
    if (bucket > 0) REQUIRE(value > Histogram::upper_end(bucket - 1));
  }
}

TEST_CASE("bucket ends grow by at most a thirty-second") {
  for (std::size_t i = 1; i < Histogram::kBuckets; ++i) {
    const auto lower = Histogram::upper_end(i - 1);
    const auto upper = Histogram::upper_end(i);
    REQUIRE(upper > lower);
    REQUIRE(upper - lower <= std::max<std::uint64_t>(1, lower / 32 + 1));
  }
}

TEST_CASE("an empty histogram answers zero to everything") {
  const Histogram histogram;
  CHECK(histogram.count() == 0);
  CHECK(histogram.min() == 0);
  CHECK(histogram.max() == 0);
  CHECK(histogram.mean() == 0);
  CHECK(histogram.percentile(50) == 0);
  CHECK(histogram.count_up_to(100) == 0);
}

TEST_CASE("percentiles are at most a thirty-second above the exact ones") {
  Rng rng(5);
  Histogram histogram;
  std::vector<std::uint64_t> values;
  for (int i = 0; i < 20'000; ++i) {
    const auto value = rng() >> (30 + rng.below(30));
    values.push_back(value);
    histogram.record(value);
  }
  std::sort(values.begin(), values.end());
  for (const double percent : {0.0, 1.0, 50.0, 90.0, 99.0, 99.9, 100.0}) {
    CAPTURE(percent);
    const auto rank = std::max<std::size_t>(
        1, static_cast<std::size_t>(percent / 100 * static_cast<double>(values.size())));
    const auto exact = values[rank - 1];
    const auto found = histogram.percentile(percent);
    CHECK(found >= exact);
    CHECK(found <= exact + exact / 32 + 1);
  }
  CHECK(histogram.min() == values.front());
  CHECK(histogram.max() == values.back());
  CHECK(histogram.percentile(100) == values.back());
  CHECK(histogram.percentile(1e9) == values.back());
}

TEST_CASE("a single value is every percentile") {
  Histogram histogram;
  histogram.record(1'000'003);
  CHECK(histogram.percentile(0) == 1'000'003);
  CHECK(histogram.percentile(50) == 1'000'003);
  CHECK(histogram.mean() == 1'000'003);
}

TEST_CASE("merged histograms say what one that saw everything says") {
  Rng rng(6);
  Histogram a;
  Histogram b;
  Histogram all;
  for (int i = 0; i < 5'000; ++i) {
    const auto value = rng.below(1'000'000);
    (i % 3 == 0 ? a : b).record(value);
    all.record(value);
  }
  a.merge(b);
  a.merge(Histogram());
  CHECK(a.count() == all.count());
  CHECK(a.sum() == all.sum());
  CHECK(a.min() == all.min());
  CHECK(a.max() == all.max());
  for (double percent = 0; percent <= 100; percent += 0.5)
    REQUIRE(a.percentile(percent) == all.percentile(percent));
}

TEST_CASE("cumulative counts are exact at the ends of buckets") {
  Histogram histogram;
  for (std::uint64_t value = 0; value < 2048; ++value) histogram.record(value);
  for (const std::uint64_t bound : {0U, 1U, 31U, 63U, 127U, 1023U, 2047U})
    CHECK(histogram.count_up_to(bound) == bound + 1);
  CHECK(histogram.count_up_to(1'000'000) == 2048);
  CHECK(histogram.count_up_to(1024) == 1024);  // the bucket 1024..1055 is cut
}

TEST_CASE("a recorder can be read while it is written") {
  HistogramRecorder recorder;
  std::atomic<bool> done{false};
  std::thread writer([&] {
    for (std::uint64_t i = 0; i < 100'000; ++i) recorder.record(i);
    done = true;
  });
  std::uint64_t last = 0;
  while (!done) {
    Histogram copy;
    recorder.merge_into(copy);
    CHECK(copy.count() >= last);
    last = copy.count();
  }
  writer.join();
  Histogram copy;
  recorder.merge_into(copy);
  CHECK(copy.count() == 100'000);
  CHECK(copy.sum() == 100'000ULL * 99'999 / 2);
  CHECK(copy.min() == 0);
  CHECK(copy.max() == 99'999);
}

}  // namespace
}  // namespace goakt
