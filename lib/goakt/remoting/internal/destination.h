#pragma once

#include "goakt/actor/remote.h"
#include "goakt/net/function.h"
#include "goakt/remoting/client.h"
#include "goakt/remoting/internal/call_pool.h"
#include "goakt/remoting/internal/exchange.h"
#include "goakt/remoting/internal/outbox.h"
#include "goakt/remoting/line.h"
#include "goakt/wire/serializers.h"

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace google::protobuf {
class MessageLite;
}

namespace goakt::wire {
struct Metadata;
}

namespace goakt::remoting {

// What this node sends to another one. Told messages share one connection, in the order in which
// they were told, several frames under way; everything that waits for an answer of its own has a
// connection for that time, from a pool. Any thread.
//
// A frame whose answer does not come is not sent again, because the peer may have delivered it: its
// messages become dead letters.
class Destination final : public RemoteRoute, public std::enable_shared_from_this<Destination> {
 public:
  Destination(const RemoteAccess& runtime, std::shared_ptr<Dialer> dialer, ClientOptions options,
              std::string host, std::uint16_t port);

  Status deliver(const Address& to, Envelope* message) override;
  void watch(const Address& actor, const Pid& watcher) override;
  void unwatch(const Address& actor, const Pid& watcher) override;
  void order(const Address& actor, RemoteOrder order, Duration timeout,
             std::function<void(Status)> done) override;

  // See CallPool.
  void call(net::Bytes frame, TimePoint limit, Exchange::Answered answered);

  const std::string& host() const noexcept { return host_; }

  std::uint16_t port() const noexcept { return port_; }

  // No more is taken; what is queued has until then to be sent. The rest becomes dead letters.
  void close(TimePoint limit);

 private:
  enum class Link : std::uint8_t { down, dialing, up };

  Status tell(const Address& to, const Message& message);
  Status ask(const Address& to, Message message);
  // A request whose answer says no more than that it was done. `metadata` may be null.
  void request(const google::protobuf::MessageLite& request, const wire::Metadata* metadata,
               TimePoint limit, std::string_view answer_type, std::function<void(Status)> done);

  // Whether there is something that should leave now; holding the mutex.
  bool is_due() const;
  void dial();
  void connected(Result<std::unique_ptr<Line>> line);
  void disconnected();
  // On the link's thread: sends while frames wait and not too many are under way.
  void pump();
  void told(std::shared_ptr<TellFrame> frame, Result<std::string_view> answer);
  void lose_queued(const Error& why);
  void lose(const TellFrame& frame, const Error& why) const;

  const RemoteAccess runtime_;
  const std::shared_ptr<Dialer> dialer_;
  const ClientOptions options_;
  const std::string host_;
  const std::uint16_t port_;
  const std::shared_ptr<CallPool> calls_;

  std::mutex mutex_;  // guards all below
  std::condition_variable all_sent_;
  Outbox outbox_;
  Pid last_sender_;  // most messages come from the one before's
  std::string last_sender_path_;
  Link link_ = Link::down;
  std::shared_ptr<Exchange> exchange_;  // of told messages; while the link is up
  std::size_t under_way_ = 0;           // frames
  bool is_pumping_ = false;
  bool is_closed_ = false;
};

}  // namespace goakt::remoting
