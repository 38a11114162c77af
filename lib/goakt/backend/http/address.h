#pragma once

#include "goakt/base/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace goakt::http {

// Where an HTTP server listens: a unix socket or host and port. Plain value.
//
// Own parser, because cpp-httplib's URL pattern refuses most IPv6 literals and knows no unix
// sockets.
struct Address {
  std::string unix_path;  // empty: TCP
  std::string host;
  std::uint16_t port = 0;
  bool tls = false;

  bool is_unix() const { return !unix_path.empty(); }

  bool operator==(const Address&) const = default;

  // "unix:///run/goaktd/admin.sock", "http://127.0.0.1:4258", "https://[::1]:80". A port is
  // required: no admin server listens on 80, and a forgotten port should not end in a time-out.
  [[nodiscard]] static Result<Address> parse(std::string_view url);
  std::string to_string() const;
};

}  // namespace goakt::http
