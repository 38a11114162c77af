#pragma once

#include "goakt/base/export.h"
#include "goakt/base/random.h"

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace goakt {

// A UUID in 16 bytes; the text is made when somebody wants to read it. All zero means "none".
class Uuid {
 public:
  constexpr Uuid() = default;

  constexpr Uuid(std::uint64_t high, std::uint64_t low) noexcept : high_(high), low_(low) {}

  // Version 4: 122 random bits.
  static constexpr Uuid random(Rng& rng) noexcept {
    return Uuid((rng() & 0xffffffffffff0fff) | 0x4000, (rng() >> 2) | 0x8000000000000000);
  }

  static Uuid random() noexcept { return random(Rng::local()); }

  // The usual form of 36 characters, any version, either case.
  GOAKT_API static std::optional<Uuid> parse(std::string_view text) noexcept;

  // "9f3c1f0e-7a51-4a8e-9c1d-2b9f4f6f0c11"; empty for "none".
  GOAKT_API std::string to_string() const;

  constexpr bool is_none() const noexcept { return (high_ | low_) == 0; }

  constexpr std::uint64_t high() const noexcept { return high_; }

  constexpr std::uint64_t low() const noexcept { return low_; }

  friend constexpr auto operator<=>(const Uuid&, const Uuid&) = default;

 private:
  std::uint64_t high_ = 0;
  std::uint64_t low_ = 0;
};

}  // namespace goakt
