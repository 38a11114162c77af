#include "goakt/gossip/member.h"

#include <array>

namespace goakt::gossip {

std::string_view state_name(State state) noexcept {
  constexpr std::array<std::string_view, 4> kNames{"alive", "suspect", "dead", "left"};
  return kNames[static_cast<std::size_t>(state)];
}

std::optional<Versions> Versions::parse(const Blob& bytes) {
  if (bytes.bytes.empty()) return kUnknownVersions;
  if (bytes.bytes.size() < 6) return std::nullopt;
  const auto at = [&](std::size_t i) { return static_cast<std::uint8_t>(bytes.bytes[i]); };
  return Versions{at(0), at(1), at(2), at(3), at(4), at(5)};
}

Blob Versions::bytes() const {
  const char raw[] = {static_cast<char>(protocol_min), static_cast<char>(protocol_max),
                      static_cast<char>(protocol),     static_cast<char>(delegate_min),
                      static_cast<char>(delegate_max), static_cast<char>(delegate)};
  return std::string(raw, sizeof raw);
}

}  // namespace goakt::gossip
