#pragma once

#include "goakt/base/export.h"
#include "goakt/base/result.h"
#include "goakt/net/bytes.h"
#include "goakt/net/connection.h"
#include "goakt/net/function.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace goakt::remoting {

// A connection to a peer, as remoting needs it: a socket's, or a test's queue of bytes. Belongs to
// one thread, post() excepted.
class Line {
 public:
  Line() = default;
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;
  virtual ~Line() = default;

  // Once: from here on the handler is shown what comes. It usually owns the line.
  virtual void start(std::shared_ptr<net::ConnectionHandler> handler) = 0;
  virtual Status send(net::Bytes bytes) = 0;
  virtual bool is_congested() const = 0;
  // From resume() on all bytes that were not consumed are shown again.
  virtual void pause() = 0;
  virtual void resume() = 0;
  virtual void close() = 0;
  // Any thread: runs the task on the line's. False: that thread has ended.
  virtual bool post(net::Function<void()> task) = 0;
};

// Makes lines to other nodes. Any thread.
class Dialer {
 public:
  Dialer() = default;
  Dialer(const Dialer&) = delete;
  Dialer& operator=(const Dialer&) = delete;
  virtual ~Dialer() = default;

  // Calls back once, on the line's thread, never from within. Error: the peer cannot be reached.
  virtual void dial(const std::string& host, std::uint16_t port,
                    net::Function<void(Result<std::unique_ptr<Line>>)> done) = 0;
};

}  // namespace goakt::remoting
