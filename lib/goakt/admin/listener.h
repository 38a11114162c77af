#pragma once

#include "goakt/base/result.h"

#include <cstdint>
#include <string>

namespace goakt::admin {

// A bound and listening socket. Owns the descriptor and, for a unix socket, its file.
class Listener {
 public:
  Listener(Listener&& other) noexcept;
  Listener& operator=(Listener&& other) noexcept;
  ~Listener();

  // Port 0 takes any. `address_in_use` when somebody listens there: SO_REUSEPORT, which would let
  // two nodes share a port without noticing, is not set.
  [[nodiscard]] static Result<Listener> tcp(const std::string& host, std::uint16_t port);
  // Mode 0660 from its first moment; the directory is made when it is missing. A file that nobody
  // serves any more is replaced; `address_in_use` when somebody does.
  [[nodiscard]] static Result<Listener> unix_socket(const std::string& path);

  int descriptor() const { return descriptor_; }

  bool is_unix() const { return !path_.empty(); }

  const std::string& host() const { return host_; }

  std::uint16_t port() const { return port_; }

  // "unix:///run/goaktd/admin.sock" or "http://127.0.0.1:4258".
  std::string url() const;

 private:
  Listener() = default;

  int descriptor_ = -1;
  std::string path_;
  std::string host_;
  std::uint16_t port_ = 0;
};

// The socket that a node uses unless told otherwise: systemd's runtime directory, /run/goaktd for
// root, the user's runtime directory, else one of our own in /tmp.
std::string default_socket_path();

}  // namespace goakt::admin
