#pragma once

#include "goakt/base/export.h"

#include <array>
#include <cstdint>
#include <limits>

namespace goakt {

// xoshiro256**: the source of every random choice. Seeded, it repeats exactly, which is what the
// simulator and the tests live on; it is not for secrets. One thread at a time.
// Meets UniformRandomBitGenerator, so <random>'s shuffle and distributions take it.
class Rng {
 public:
  using result_type = std::uint64_t;

  explicit constexpr Rng(std::uint64_t seed) noexcept {
    // splitmix64, as the authors of xoshiro advise: similar seeds give unrelated streams.
    for (auto& word : state_) {
      seed += 0x9e3779b97f4a7c15;
      std::uint64_t z = seed;
      z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
      z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
      word = z ^ (z >> 31);
    }
  }

  // This thread's own, seeded by the kernel.
  GOAKT_API static Rng& local() noexcept;
  // A seed from the kernel.
  GOAKT_API static std::uint64_t entropy() noexcept;

  static constexpr std::uint64_t min() noexcept { return 0; }

  static constexpr std::uint64_t max() noexcept {
    return std::numeric_limits<std::uint64_t>::max();
  }

  constexpr std::uint64_t operator()() noexcept {
    const std::uint64_t result = rotate(state_[1] * 5, 7) * 9;
    const std::uint64_t t = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= t;
    state_[3] = rotate(state_[3], 45);
    return result;
  }

  // Uniform in [0, bound); 0 when bound is 0. By multiplication: the bias is below 2^-64 * bound.
  constexpr std::uint64_t below(std::uint64_t bound) noexcept {
    __extension__ using Wide = unsigned __int128;
    return static_cast<std::uint64_t>((Wide{(*this)()} * bound) >> 64);
  }

  // Uniform in [0, 1).
  constexpr double uniform() noexcept { return static_cast<double>((*this)() >> 11) * 0x1p-53; }

  constexpr bool chance(double probability) noexcept { return uniform() < probability; }

 private:
  static constexpr std::uint64_t rotate(std::uint64_t x, int by) noexcept {
    return (x << by) | (x >> (64 - by));
  }

  std::array<std::uint64_t, 4> state_{};
};

}  // namespace goakt
