#pragma once

#include "goakt/actor/pid.h"
#include "goakt/actor/remote.h"
#include "goakt/base/address.h"
#include "goakt/base/clock.h"
#include "goakt/base/export.h"
#include "goakt/base/result.h"
#include "goakt/net/function.h"
#include "goakt/remoting/line.h"
#include "goakt/wire/frame.h"
#include "goakt/wire/serializers.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace google::protobuf {
class MessageLite;
}

namespace goakt::remoting {

class Destination;

// GoAkt's defaults where it has them.
struct ClientOptions {
  std::shared_ptr<const wire::Serializers> serializers = {};  // left out: protobuf alone
  std::uint32_t max_frame_size = wire::kLargestMaxFrameSize;
  std::size_t messages_per_frame = 256;
  std::size_t frames_under_way = 8;                 // of told messages, to each node
  Duration tell_timeout = std::chrono::seconds(5);  // of one frame's answer
  Duration watch_timeout = std::chrono::seconds(5);
  Duration call_timeout = std::chrono::seconds(5);  // where the caller says none
  std::size_t max_idle_connections = 32;            // to each node
  Duration idle_timeout = std::chrono::seconds(1200);
};

// What this node sends to others: handles to their actors, and calls. Any thread. The system
// outlives it, or at least its close(); what it made of handles stays usable, and fails, when it is
// gone.
class GOAKT_API Client {
 public:
  Client(ActorSystem& system, std::shared_ptr<Dialer> dialer, ClientOptions options = {});
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // A handle to the actor of that address, which need not be there: a Pid like any other. Errors:
  // invalid_argument for an address that no actor can have, resource limits.
  [[nodiscard]] Result<Pid> pid_of(const Address& address);

  // The actor's handle, or nobody when that node has none of that name (a child's: PARENT/NAME).
  // Blocks, not inside an actor. Errors: what from_remote() makes of the answer's, unreachable,
  // connection_lost, request_timeout.
  [[nodiscard]] Result<Pid> lookup(const std::string& host, std::uint16_t port,
                                   const std::string& name);
  // The answer of any request into `response`. Blocks; errors as above, invalid_response.
  [[nodiscard]] Status call(const std::string& host, std::uint16_t port,
                            const google::protobuf::MessageLite& request,
                            google::protobuf::MessageLite& response, Duration timeout);

  // What is queued has that much time to be sent; nothing is taken any more. The first call counts.
  void close(Duration timeout);

 private:
  std::shared_ptr<Destination> destination(const std::string& host, std::uint16_t port);

  const RemoteAccess runtime_;
  const std::shared_ptr<Dialer> dialer_;
  const ClientOptions options_;
  std::mutex mutex_;  // guards all below
  bool is_closed_ = false;
  std::map<std::string, std::shared_ptr<Destination>> destinations_;
  std::unordered_map<std::string, Pid> pids_;
};

}  // namespace goakt::remoting
