#include "goakt/gossip/io/addresses.h"

#include <algorithm>
#include <array>
#include <charconv>
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

Endpoint from_text(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return {};
  auto ip = text.substr(0, colon);
  if (ip.size() > 2 && ip.front() == '[' && ip.back() == ']') ip = ip.substr(1, ip.size() - 2);
  std::uint16_t port = 0;
  const auto* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data() + colon + 1, end, port);
  if (error != std::errc() || rest != end) return {};
  const auto endpoint = net::Endpoint::parse(ip, port);
  return endpoint ? from_net(*endpoint) : Endpoint{};
}

}  // namespace goakt::gossip
