#pragma once

#include "goakt/base/clock.h"
#include "goakt/base/export.h"
#include "goakt/base/result.h"
#include "goakt/net/bytes.h"
#include "goakt/net/compression/compression.h"
#include "goakt/net/endpoint.h"
#include "goakt/net/function.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace goakt::net {

namespace internal {
class ConnectionCore;
}

// The user's side of a connection. All calls come on the connection's loop, one at a time, and must
// not block. None comes from within a call of Connection's methods.
class GOAKT_API ConnectionHandler {
 public:
  ConnectionHandler() = default;
  ConnectionHandler(const ConnectionHandler&) = delete;
  ConnectionHandler& operator=(const ConnectionHandler&) = delete;
  virtual ~ConnectionHandler() = default;

  // Everything that has come and was not consumed. Returns how many of the first bytes are done
  // with; the rest is shown again, from the same first byte, when more has come or after resume().
  // Valid until it returns.
  virtual std::size_t on_data(std::string_view bytes) = 0;

  // There is room again: what waits to be written has fallen below the low watermark, having been
  // above the high one.
  virtual void on_drained() {}

  // The last call, exactly once for a connection that was started. No error: the peer ended the
  // stream and no byte was left over, or this side has closed. Not called when the Connection was
  // destroyed before.
  virtual void on_close(Status why) = 0;
};

struct ConnectionOptions {
  Compression compression = Compression::none;
  // Bytes that the handler may leave unconsumed; more is an error. At least its largest message.
  std::size_t read_limit = 16 * 1024 * 1024;
  std::size_t low_watermark = 256 * 1024;
  std::size_t high_watermark = 1024 * 1024;
  // Beyond it send() fails: the peer does not read as fast as we write.
  std::size_t write_limit = 64 * 1024 * 1024;
  // Closes when nothing was consumed for so long, while reading. Starts with the connection and
  // again whenever bytes are consumed, so that a message must be there as a whole within it; stands
  // still while paused. Zero: never.
  Duration idle_timeout = Duration::zero();
  // Closes when the peer takes not one byte for so long. Zero: never.
  Duration write_timeout = Duration::zero();
  Duration handshake_timeout = std::chrono::seconds(10);
  // close() writes what waits for at most so long.
  Duration close_timeout = std::chrono::seconds(5);
  // After close() has written everything: reads on, and discards, until the peer closes too. The
  // kernel answers bytes that nobody has read with a reset, which can destroy the last answers on
  // their way. Zero: closes at once.
  Duration linger = Duration::zero();
  Duration keep_alive = std::chrono::seconds(15);  // zero: off
  int send_buffer = 0;                             // of the kernel; 0: its own choice
  int receive_buffer = 0;
};

// A stream of bytes to a peer, over TCP or TLS, perhaps compressed: what connect() and Listener
// give, ready to use. A handle, moved but not copied.
//
// It belongs to its loop's thread, post() and destruction excepted. Destroying it closes at once,
// without a call; on another thread a call that is under way may still end. A started connection
// shares its handler, which usually holds the Connection: both go after on_close.
//
// Each failure is told once, by on_close. Memory while nothing is under way: no buffers.
class GOAKT_API Connection {
 public:
  Connection();
  explicit Connection(std::shared_ptr<internal::ConnectionCore> core);
  Connection(Connection&&) noexcept;
  Connection& operator=(Connection&&) noexcept;
  ~Connection();

  // Begins to read; on_data may come from the next turn of the loop on. Once.
  void start(std::shared_ptr<ConnectionHandler> handler);

  // Queues the bytes; they leave together with whatever else is sent in this turn of the loop.
  // Errors: remote_send_backpressure beyond the write limit, connection_lost after the end. Nothing
  // was queued then. Short bytes are better copied.
  [[nodiscard]] Status send(Bytes bytes);
  [[nodiscard]] Status send(std::string_view copied);
  // Above the high watermark: a well-behaved sender waits for on_drained.
  bool is_congested() const noexcept;
  // Queued, compressed or not, and not yet taken by the kernel.
  std::size_t unsent() const noexcept;

  // While paused no bytes are shown or read: TCP then holds the peer back.
  void pause();
  void resume();
  bool is_paused() const noexcept;

  // Writes what waits, ends the compressed stream and TLS, and closes. Reads nothing more.
  void close();
  // Closes now; what waits is lost.
  void abort();
  bool is_open() const noexcept;

  // Any thread. False: the loop has stopped.
  bool post(Function<void()> task) const;

  const Endpoint& local() const noexcept;
  const Endpoint& remote() const noexcept;
  // Whom the peer's certificate names, as "CN=alice,O=ops"; empty without one.
  std::string peer_subject() const;
  // On the wire, after compression.
  std::uint64_t bytes_read() const noexcept;
  std::uint64_t bytes_written() const noexcept;

 private:
  std::shared_ptr<internal::ConnectionCore> core_;
};

}  // namespace goakt::net
