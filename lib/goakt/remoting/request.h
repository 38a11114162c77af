#pragma once

#include "goakt/base/clock.h"
#include "goakt/base/export.h"
#include "goakt/base/result.h"
#include "goakt/net/bytes.h"
#include "goakt/wire/metadata.h"
#include "goakt/wire/remote_error.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace google::protobuf {
class MessageLite;
}

namespace goakt::remoting {

// A request that came. Views, valid until its handler returns.
struct Request {
  std::string_view body;
  wire::Metadata metadata;
  std::optional<TimePoint> deadline;  // by this node's clock
};

// Who waits for the answer of a request. Any thread, one call.
class Caller {
 public:
  Caller() = default;
  Caller(const Caller&) = delete;
  Caller& operator=(const Caller&) = delete;
  virtual ~Caller() = default;

  virtual void answer(net::Bytes frame) = 0;
  // No answer: the connection is closed, behind the answers before it.
  virtual void hang_up() = 0;
};

// The duty to answer one request, now or later, from any thread. One that is dropped hangs up, as a
// peer's handler that panics does.
class GOAKT_API Reply {
 public:
  explicit Reply(std::shared_ptr<Caller> caller) : caller_(std::move(caller)) {}

  Reply(Reply&&) noexcept = default;
  Reply& operator=(Reply&&) = delete;
  ~Reply();

  void send(const google::protobuf::MessageLite& message);
  void send(net::Bytes frame);
  void fail(const wire::RemoteError& error);
  // The request is malformed.
  void hang_up();

 private:
  std::shared_ptr<Caller> caller_;
};

using Handler = std::function<void(const Request& request, Reply reply)>;

// Who answers which type of request, by its protobuf full name. Filled before the first connection,
// read by all of them from then on. A type without a handler closes the connection.
class GOAKT_API Handlers {
 public:
  // The last one counts: a feature takes the place of the refusal that stands in for it.
  void set(std::string type_name, Handler handler);
  // Null when there is none.
  const Handler* find(std::string_view type_name) const;

 private:
  std::map<std::string, Handler, std::less<>> by_type_;
};

}  // namespace goakt::remoting
