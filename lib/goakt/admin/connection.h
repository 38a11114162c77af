#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <list>
#include <memory>
#include <string>
#include <sys/types.h>

namespace goakt::admin {

class TlsSession;

// One client's connection: bytes in, bytes out, with and without TLS. Owns the descriptor.
//
// Buffered, so that a second request which came along with the first is kept, and so that one-byte
// reads of a request's head are no system calls. Used by one thread at a time.
class Connection {
 public:
  using Clock = std::chrono::steady_clock;

  // Between two reads or writes of one request.
  static constexpr std::chrono::seconds kQuiet{5};

  Connection(int descriptor, bool is_unix, std::unique_ptr<TlsSession> tls);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  int descriptor() const { return descriptor_; }

  // "uid=1000" or the address; asked of the kernel, so that nobody can claim to be another.
  const std::string& peer() const { return peer_; }

  // Subject of the client's certificate, empty without.
  std::string certificate() const;

  // Does the TLS handshake if it is still to be done. False: it failed.
  bool prepare(std::chrono::seconds limit);

  // The whole request has to be there within `limit`, its head within `head` bytes.
  void begin_request(std::chrono::seconds limit, std::size_t head);

  // The head has been read; what follows has a limit of its own.
  void head_is_read() { in_head_ = false; }

  bool head_was_too_large() const { return head_too_large_; }

  // Something of the next request is here already.
  bool has_buffered() const;

  // After an answer given before the request was read to its end: the rest would be taken for the
  // next request.
  void close_after_this() { must_close_ = true; }

  bool must_close() const { return must_close_; }

  // Closing with unread bytes would reset the connection and take the answer with it.
  void linger();

  bool is_readable();
  // Takes more, and the peer has not gone.
  bool is_writable() const;
  ssize_t read(char* out, std::size_t size);
  ssize_t write(const char* data, std::size_t size);

  std::list<Connection*>::iterator parked_at;  // the loop's, while parked
  Clock::time_point parked_since;

 private:
  ssize_t fill();

  int descriptor_;
  std::string peer_;
  std::unique_ptr<TlsSession> tls_;
  Clock::time_point deadline_;
  bool in_head_ = false;
  bool head_too_large_ = false;
  bool must_close_ = false;
  std::size_t head_left_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::array<char, 16384> buffer_{};
};

// Waits until the descriptor is ready for poll's `events`; false when `until` came first.
bool wait_for(int descriptor, short events, Connection::Clock::time_point until);

}  // namespace goakt::admin
