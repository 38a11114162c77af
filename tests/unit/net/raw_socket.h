#pragma once

#include "goakt/net/endpoint.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace goakt::net {

// A plain blocking socket of a test's own, for what a Connection would never do. Calls block the
// thread; shut_down() may come from another one.
class RawSocket {
 public:
  // The kernel's buffer for what comes: 0 leaves it to the kernel.
  explicit RawSocket(const Endpoint& to, int receive_buffer = 0);  // connects
  static RawSocket listening(int receive_buffer = 0);
  ~RawSocket();

  RawSocket(RawSocket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

  Endpoint endpoint() const;

  bool is_open() const { return descriptor_ >= 0; }

  // Not open: the listener was shut down.
  RawSocket accept() const;
  void write(std::string_view bytes) const;
  // Until that many have come or the peer has closed.
  std::string read(std::size_t count) const;
  void close();
  void end_writing();
  void reset();
  // Whoever is blocked on it returns.
  void shut_down() const;

 private:
  explicit RawSocket(int descriptor) : descriptor_(descriptor) {}

  int descriptor_;
};

}  // namespace goakt::net
