#pragma once

#include "goakt/base/export.h"
#include "goakt/base/result.h"
#include "goakt/net/endpoint.h"
#include "goakt/net/function.h"
#include "goakt/net/loop.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace goakt::net {

namespace internal {
class DatagramCore;
}

struct DatagramOptions {
  Endpoint endpoint = Endpoint::loopback();  // port 0: the kernel chooses
  bool reuse_port = false;
  int send_buffer = 0;  // of the kernel; 0: its own choice
  int receive_buffer = 0;
  // Datagrams that wait for room in the kernel's buffer, in bytes.
  std::size_t queue_limit = 1024 * 1024;
};

// A UDP socket. It loses and reorders as UDP does: a datagram that the network refuses (no route,
// too large) is an error of its send() and of nothing else.
//
// open() and destruction on any thread, the rest on the loop's.
class GOAKT_API DatagramSocket {
 public:
  // The bytes are valid until it returns.
  using Receive = Function<void(const Endpoint& from, std::string_view bytes)>;

  // Errors: address_in_use, ...
  [[nodiscard]] static Result<DatagramSocket> open(const Loop& loop, const DatagramOptions& options,
                                                   Receive receive);
  DatagramSocket(DatagramSocket&&) noexcept;
  DatagramSocket& operator=(DatagramSocket&&) noexcept;
  ~DatagramSocket();

  // At once, or queued behind what waits. Errors: remote_send_backpressure when the queue is full,
  // unreachable, connection_lost once the loop has stopped.
  [[nodiscard]] Status send(const Endpoint& to, std::string_view bytes);

  const Endpoint& local() const noexcept;
  std::uint64_t received() const noexcept;
  std::uint64_t sent() const noexcept;

 private:
  explicit DatagramSocket(std::shared_ptr<internal::DatagramCore> core);

  std::shared_ptr<internal::DatagramCore> core_;
};

}  // namespace goakt::net
