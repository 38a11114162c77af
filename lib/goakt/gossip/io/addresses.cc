#include "goakt/gossip/io/addresses.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace goakt::gossip {

namespace {

constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

template <std::size_t N>
std::array<std::uint8_t, N> bytes_of(const std::string& text) {
  std::array<std::uint8_t, N> bytes{};
  std::transform(text.begin(), text.end(), bytes.begin(),
                 [](char c) { return static_cast<std::uint8_t>(c); });
  return bytes;
}

}  // namespace

std::optional<net::Endpoint> to_net(const Endpoint& endpoint) {
  if (endpoint.ip.size() == 4) return net::Endpoint::v4(bytes_of<4>(endpoint.ip), endpoint.port);
  if (endpoint.ip.size() == 16) return net::Endpoint::v6(bytes_of<16>(endpoint.ip), endpoint.port);
  return std::nullopt;
}

Endpoint from_net(const net::Endpoint& endpoint) {
  const auto& raw = endpoint.bytes();
  const bool mapped = endpoint.is_v6() && std::equal(kMapped.begin(), kMapped.end(), raw.begin());
  const auto begin = raw.begin() + (mapped ? kMapped.size() : 0);
  const auto end = endpoint.is_v6() ? raw.end() : raw.begin() + 4;
  return {std::string(begin, end), endpoint.port()};
}

}  // namespace goakt::gossip
