#include "bench/anchors/anchors.h"
#include "bench/anchors/queues.h"
#include "bench/anchors/records.h"
#include "bench/harness/benchmark.h"

#include <zstd.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <vector>

namespace goakt::bench {

namespace {

constexpr std::uint64_t kCompressed = 96'000'000;     // bytes of a measurement
constexpr std::uint64_t kDecompressed = 960'000'000;  // bytes of what comes out

std::vector<char> frame() {
  const Records records;
  std::vector<char> bytes(kBatch * hand::kRecordSize);
  char* to = bytes.data();
  for (std::size_t i = 0; i < kBatch; ++i) to = hand::put_record(to, records[i]);
  return bytes;
}

std::size_t checked(std::size_t result) {
  if (ZSTD_isError(result) == 0) return result;
  std::fprintf(stderr, "goakt_bench: zstd: %s\n", ZSTD_getErrorName(result));
  std::exit(1);
}

// Megabytes per second of a step that takes that many bytes, `total` in all.
template <class Step>
double megabytes_per_second(std::uint64_t total, std::size_t bytes, Step step) {
  const std::uint64_t steps = total / bytes;
  step();
  const auto start = Clock::now();
  for (std::uint64_t i = 0; i < steps; ++i) step();
  return static_cast<double>(steps * bytes) / seconds_since(start) / 1e6;
}

double compress(std::uint64_t total, int level) {
  const auto plain = frame();
  std::vector<char> out(ZSTD_compressBound(plain.size()));
  const std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> context(ZSTD_createCCtx(),
                                                                     &ZSTD_freeCCtx);
  return megabytes_per_second(total, plain.size(), [&] {
    checked(ZSTD_compressCCtx(context.get(), out.data(), out.size(), plain.data(), plain.size(),
                              level));
    keep(out.data());
  });
}

double decompress(std::uint64_t total, int level) {
  auto plain = frame();
  std::vector<char> packed(ZSTD_compressBound(plain.size()));
  packed.resize(
      checked(ZSTD_compress(packed.data(), packed.size(), plain.data(), plain.size(), level)));
  const std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context(ZSTD_createDCtx(),
                                                                     &ZSTD_freeDCtx);
  return megabytes_per_second(total, plain.size(), [&] {
    checked(ZSTD_decompressDCtx(context.get(), plain.data(), plain.size(), packed.data(),
                                packed.size()));
    keep(plain.data());
  });
}

}  // namespace

double zstd1(std::uint64_t divisor) {
  return compress(kCompressed / divisor, 1);
}

double zstd1_decompress(std::uint64_t divisor) {
  return decompress(kDecompressed / divisor, 1);
}

double zstd3(std::uint64_t divisor) {
  return compress(kCompressed / divisor, 3);
}

double zstd3_decompress(std::uint64_t divisor) {
  return decompress(kDecompressed / divisor, 3);
}

}  // namespace goakt::bench
