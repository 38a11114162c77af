#include "goakt/net/endpoint.h"

#include "goakt/base/errors.h"

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>
#include <net/if.h>

namespace goakt::net {

namespace {

std::uint32_t scope_number(const std::string& name) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (error == std::errc() && end == name.data() + name.size()) return number;
  return ::if_nametoindex(name.c_str());
}

}  // namespace

Result<Endpoint> Endpoint::parse(std::string_view ip, std::uint16_t port) {
  Endpoint endpoint;
  endpoint.port_ = port;
  std::string text(ip);
  if (::inet_pton(AF_INET, text.c_str(), endpoint.ip_.data()) == 1) return endpoint;
  endpoint.is_v6_ = true;
  if (const auto percent = text.find('%'); percent != std::string::npos) {
    endpoint.scope_ = scope_number(text.substr(percent + 1));
    text.resize(percent);
    if (endpoint.scope_ == 0) text.clear();
  }
  if (::inet_pton(AF_INET6, text.c_str(), endpoint.ip_.data()) == 1) return endpoint;
  return unexpected(errors::invalid_tcp_address(ip).with_hint("give an IP address, not a name"));
}

Endpoint Endpoint::loopback(std::uint16_t port) {
  return v4({127, 0, 0, 1}, port);
}

Endpoint Endpoint::v4(std::array<std::uint8_t, 4> ip, std::uint16_t port) {
  Endpoint endpoint;
  std::copy(ip.begin(), ip.end(), endpoint.ip_.begin());
  endpoint.port_ = port;
  return endpoint;
}

Endpoint Endpoint::v6(std::array<std::uint8_t, 16> ip, std::uint16_t port, std::uint32_t scope) {
  Endpoint endpoint;
  endpoint.ip_ = ip;
  endpoint.port_ = port;
  endpoint.scope_ = scope;
  endpoint.is_v6_ = true;
  return endpoint;
}

Endpoint Endpoint::with_port(std::uint16_t port) const noexcept {
  Endpoint other = *this;
  other.port_ = port;
  return other;
}

std::string Endpoint::ip() const {
  char text[INET6_ADDRSTRLEN] = {};
  ::inet_ntop(is_v6_ ? AF_INET6 : AF_INET, ip_.data(), text, sizeof text);
  std::string out = text;
  if (scope_ != 0) {
    char name[IF_NAMESIZE] = {};
    out += '%';
    out += ::if_indextoname(scope_, name) != nullptr ? name : std::to_string(scope_);
  }
  return out;
}

std::string Endpoint::to_string() const {
  return (is_v6_ ? "[" + ip() + "]" : ip()) + ":" + std::to_string(port_);
}

}  // namespace goakt::net
