#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace goakt::gossip {

// CRC-32/IEEE, that of zlib.
constexpr std::uint32_t crc32(std::string_view bytes) noexcept {
  constexpr auto kTable = [] {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < table.size(); ++i) {
      auto value = i;
      for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ (value & 1 ? 0xedb88320u : 0u);
      table[i] = value;
    }
    return table;
  }();
  std::uint32_t crc = ~0u;
  for (const char c : bytes) crc = (crc >> 8) ^ kTable[(crc ^ static_cast<std::uint8_t>(c)) & 0xff];
  return ~crc;
}

static_assert(crc32("123456789") == 0xcbf43926);

}  // namespace goakt::gossip
