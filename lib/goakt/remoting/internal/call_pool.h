#pragma once

#include "goakt/actor/remote.h"
#include "goakt/remoting/client.h"
#include "goakt/remoting/internal/exchange.h"
#include "goakt/remoting/line.h"

#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace goakt::remoting {

// Requests to one node that wait for an answer of their own: each has a connection for itself for
// that time, one that was used before or a new one. Any thread.
class CallPool final : public std::enable_shared_from_this<CallPool> {
 public:
  CallPool(const RemoteAccess& runtime, std::shared_ptr<Dialer> dialer,
           const ClientOptions& options, std::string host, std::uint16_t port);

  // The answer's frame is valid during the call, which comes on a thread that must not wait.
  void call(net::Bytes frame, TimePoint limit, Exchange::Answered answered);

  // No more is taken. Connections that nobody uses are closed, the others when they are answered.
  void close();

 private:
  struct Idle {
    std::shared_ptr<Exchange> exchange;
    TimePoint since;
  };

  std::shared_ptr<Exchange> take_idle();
  void keep_idle(std::shared_ptr<Exchange> exchange);

  const RemoteAccess runtime_;
  const std::shared_ptr<Dialer> dialer_;
  const std::size_t max_idle_;
  const Duration idle_timeout_;
  const std::string host_;
  const std::uint16_t port_;

  std::mutex mutex_;  // guards all below
  bool is_closed_ = false;
  std::vector<Idle> idle_;  // last used last
};

}  // namespace goakt::remoting
