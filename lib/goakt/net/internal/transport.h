#pragma once

#include "goakt/base/result.h"
#include "goakt/net/endpoint.h"

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <sys/uio.h>

namespace goakt::net {
class TlsContext;
}

namespace goakt::net::internal {

enum class IoState : std::uint8_t { done, want_read, want_write, end, failed };

struct IoResult {
  IoState state = IoState::done;
  std::size_t bytes = 0;                     // when done
  Error error = Error(ErrorCode::internal);  // when failed
};

// The bytes of one socket, in clear or within TLS. Does not own the descriptor, which is
// non-blocking; never waits: `want_read` and `want_write` say what to wait for. A write that wanted
// something must be tried again with the same bytes first (more may follow).
class Transport {
 public:
  Transport() = default;
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;
  virtual ~Transport() = default;

  virtual IoResult handshake() = 0;
  virtual IoResult read(char* out, std::size_t size) = 0;
  virtual IoResult write(std::span<const iovec> pieces) = 0;
  // Says to the peer that nothing follows; best effort.
  virtual void end_writing() = 0;
  // RFC 2253; empty without TLS or certificate.
  virtual std::string peer_subject() const = 0;
};

std::unique_ptr<Transport> plain_transport(int descriptor);
// nullptr when OpenSSL refuses.
std::unique_ptr<Transport> tls_transport(int descriptor, const TlsContext& context,
                                         const Endpoint& peer);

}  // namespace goakt::net::internal
