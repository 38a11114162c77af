#include "goakt/backend/http/address.h"

#include <charconv>

namespace goakt::http {

namespace {

tl::unexpected<Error> refuse(std::string_view url, std::string_view why) {
  std::string text("\"");
  text.append(url).append("\" is no endpoint: ").append(why);
  return unexpected(Error(ErrorCode::invalid_argument, std::move(text))
                        .with_hint("write unix:///path, http://host:port or https://host:port"));
}

}  // namespace

Result<Address> Address::parse(std::string_view url) {
  constexpr std::string_view kUnix = "unix://";
  constexpr std::string_view kHttp = "http://";
  constexpr std::string_view kHttps = "https://";
  Address address;
  if (url.starts_with(kUnix)) {
    address.unix_path = url.substr(kUnix.size());
    if (!address.unix_path.starts_with('/')) return refuse(url, "the socket path must be absolute");
    return address;
  }
  address.tls = url.starts_with(kHttps);
  if (!address.tls && !url.starts_with(kHttp)) return refuse(url, "unknown scheme");
  std::string_view rest = url.substr(address.tls ? kHttps.size() : kHttp.size());
  if (rest.ends_with('/')) rest.remove_suffix(1);
  const auto colon = rest.rfind(':');
  if (colon == std::string_view::npos || rest.ends_with(']')) return refuse(url, "no port");
  std::string_view host = rest.substr(0, colon);
  const std::string_view port = rest.substr(colon + 1);
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), address.port);
  if (error != std::errc() || end != port.data() + port.size() || address.port == 0)
    return refuse(url, "the port must be a number from 1 to 65535");
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  if (bracketed) host = host.substr(1, host.size() - 2);
  if (host.empty()) return refuse(url, "no host");
  if (host.find_first_of("/@?# ") != std::string_view::npos ||
      (!bracketed && host.find(':') != std::string_view::npos))
    return refuse(url, "bad host");
  address.host = host;
  return address;
}

std::string Address::to_string() const {
  if (is_unix()) return "unix://" + unix_path;
  const bool ipv6 = host.find(':') != std::string::npos;
  return (tls ? "https://" : "http://") + (ipv6 ? "[" + host + "]" : host) + ":" +
         std::to_string(port);
}

}  // namespace goakt::http
