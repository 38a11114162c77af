#pragma once

#include "goakt/base/export.h"
#include "goakt/base/result.h"

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace goakt::net {

// An IP address and a port. Never a name: names are resolved (resolve.h) before anything is bound
// or dialled. Plain value; made by default it is 0.0.0.0:0.
class GOAKT_API Endpoint {
 public:
  Endpoint() = default;

  // "10.0.0.4", "::1", "fe80::1%eth0". Error: invalid_tcp_address.
  [[nodiscard]] static Result<Endpoint> parse(std::string_view ip, std::uint16_t port);
  static Endpoint loopback(std::uint16_t port = 0);
  static Endpoint v4(std::array<std::uint8_t, 4> ip, std::uint16_t port);
  static Endpoint v6(std::array<std::uint8_t, 16> ip, std::uint16_t port, std::uint32_t scope = 0);

  bool is_v6() const noexcept { return is_v6_; }

  // Network order; the first four count when it is not IPv6.
  const std::array<std::uint8_t, 16>& bytes() const noexcept { return ip_; }

  std::uint32_t scope() const noexcept { return scope_; }

  std::uint16_t port() const noexcept { return port_; }

  Endpoint with_port(std::uint16_t port) const noexcept;
  std::string ip() const;
  // "10.0.0.4:3322", "[::1]:3322"
  std::string to_string() const;

  friend auto operator<=>(const Endpoint&, const Endpoint&) = default;

 private:
  std::array<std::uint8_t, 16> ip_ = {};
  std::uint32_t scope_ = 0;
  std::uint16_t port_ = 0;
  bool is_v6_ = false;
};

}  // namespace goakt::net
