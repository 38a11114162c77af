#pragma once

#include "goakt/actor/remote.h"
#include "goakt/base/clock.h"
#include "goakt/net/bytes.h"
#include "goakt/net/connection.h"
#include "goakt/net/function.h"
#include "goakt/remoting/line.h"

#include <deque>
#include <memory>
#include <string_view>

namespace goakt::remoting {

// The client's end of one connection: request frames go out, the answers come back in the same
// order. Whatever goes wrong ends the connection: nobody could say any more which answer is whose.
// Belongs to its line's thread.
class Exchange final : public net::ConnectionHandler,
                       public std::enable_shared_from_this<Exchange> {
 public:
  // The answer's frame, valid during the call, or why there is none.
  using Answered = net::Function<void(Result<std::string_view> frame)>;

  static std::shared_ptr<Exchange> start(const RemoteAccess& runtime, std::unique_ptr<Line> line);

  // For start().
  Exchange(const RemoteAccess& runtime, std::unique_ptr<Line> line);

  // Always calls back, perhaps from within. No answer by the limit ends the connection.
  void send(net::Bytes frame, TimePoint limit, Answered answered);

  // Told before the requests that got no answer are; not for close().
  void on_end(net::Function<void()> ended) { ended_ = std::move(ended); }

  bool is_open() const noexcept { return is_open_; }

  bool is_idle() const noexcept { return waiting_.empty(); }

  // Any thread.
  bool post(net::Function<void()> task) { return line_->post(std::move(task)); }

  void close();

  std::size_t on_data(std::string_view bytes) override;
  void on_close(Status why) override;

 private:
  struct Waiting {
    TimePoint limit;
    Answered answered;
  };

  void end(const Error& why);
  void watch_limit();

  const RemoteAccess runtime_;
  const std::unique_ptr<Line> line_;
  std::deque<Waiting> waiting_;  // oldest first
  net::Function<void()> ended_;
  bool is_open_ = true;
  bool is_watching_ = false;  // a timer will look at the oldest one's limit
};

}  // namespace goakt::remoting
