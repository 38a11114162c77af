#pragma once

#include "goakt/admin/connection.h"
#include "goakt/admin/listener.h"

#include <atomic>
#include <chrono>
#include <functional>
#include <list>
#include <mutex>
#include <thread>

namespace goakt::admin {

class TlsContext;

// Takes connections from a listener and keeps those that wait: one thread, whatever their number.
// A connection on which something arrives is handed to `ready`, whose receiver gives it back with
// park() or ends it with close().
//
// Beyond the limit the connection that has been idle longest gives way to a new one; when none is
// idle the new one is refused.
class ConnectionLoop {
 public:
  struct Limits {
    std::size_t connections;
    std::chrono::seconds idle;  // a parked connection is closed after this
  };

  using Ready = std::function<void(Connection*)>;

  // `tls` may be null; it and the listener must outlive the loop.
  ConnectionLoop(const Listener& listener, const TlsContext* tls, Limits limits, Ready ready);
  ~ConnectionLoop();

  // Once; `ready` is not called before.
  void start();
  // No more connections come; parked ones stay until the end. Once.
  void stop();

  // Any thread.
  void park(Connection* connection);
  void close(Connection* connection);

 private:
  void watch(int descriptor, std::uint32_t events, void* what) const;
  void wake() const;
  void run();
  void accept_all();
  // Only the loop's thread takes connections out, so one it has seen parked stays so.
  void unpark(Connection* connection);
  Connection* longest_parked() const;
  int milliseconds_to_next_end() const;
  void end_idle();

  const Listener& listener_;
  const TlsContext* tls_;
  const Limits limits_;
  const Ready ready_;
  int epoll_;
  int wake_;
  std::atomic<bool> stopping_{false};
  std::atomic<std::size_t> open_{0};
  mutable std::mutex parked_mutex_;  // guards parked_
  std::list<Connection*> parked_;    // oldest first
  std::thread thread_;
};

}  // namespace goakt::admin
