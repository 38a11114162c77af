#include "goakt/net/connect.h"

#include "goakt/net/internal/connection_core.h"
#include "goakt/net/internal/loop_core.h"
#include "goakt/net/internal/readiness.h"
#include "goakt/net/internal/socket.h"

#include <cerrno>

namespace goakt::net {

namespace internal {

// On the loop's thread, construction excepted.
class Dial final : public Resident, public std::enable_shared_from_this<Dial> {
 public:
  Dial(std::shared_ptr<LoopCore> owner, const Endpoint& to, const ConnectOptions& options,
       Function<void(Result<Connection>)> done)
      : loop(std::move(owner)),
        to_(to),
        options_(options),
        done_(std::move(done)),
        socket_(*loop),
        timer_(*loop) {}

  void begin() {
    if (!done_) return;  // cancelled before
    if (loop->is_stopping) return end(fail(ErrorCode::system_shutting_down));
    loop->residents.insert(this);
    deadline_ = SystemClock::instance().now() + options_.timeout;
    auto descriptor = connecting_socket(to_);
    if (!descriptor) return end(unexpected(std::move(descriptor).error()));
    if (!socket_.assign(*descriptor))
      return end(fail(ErrorCode::internal, "connect: no room to wait for another socket"));
    timer_.set(deadline_,
               [self = shared_from_this()] { self->end(unexpected(self->timed_out())); });
    socket_.wait_writable([self = shared_from_this()] { self->decided(); });
  }

  void cancel() {
    done_ = {};
    leave();
    connection_ = Connection();
  }

  void on_loop_stop() override { end(fail(ErrorCode::system_shutting_down)); }

  // Not to be called any more from elsewhere: the loop has ended.
  void forget() { done_ = {}; }

  const std::shared_ptr<LoopCore> loop;

 private:
  Error timed_out() const {
    return Error(ErrorCode::request_timeout, "connect to " + to_.to_string() + ": timed out");
  }

  void decided() {
    if (!done_) return;
    if (const int error = pending_error(socket_.number()); error != 0)
      return end(unexpected(system_error(error, "connect to", to_)));
    // Where nobody listens, the kernel may have chosen that very port for this end: it would talk
    // to itself, and keep the port from whoever comes back to it.
    if (local_endpoint(socket_.number()) == remote_endpoint(socket_.number()))
      return end(unexpected(system_error(ECONNREFUSED, "connect to", to_)));
    const auto left = deadline_ - SystemClock::instance().now();
    if (left <= Duration::zero()) return end(unexpected(timed_out()));
    ConnectionOptions options = options_.connection;
    options.handshake_timeout = left;
    Descriptor connected = socket_.release();
    leave();
    auto core = std::make_shared<ConnectionCore>(loop, std::move(connected), options);
    connection_ = Connection(core);
    core->open(options_.tls.get(), [self = shared_from_this()](Status&& opened) {
      if (!opened) return self->end(unexpected(std::move(opened).error()));
      self->end(std::move(self->connection_));
    });
  }

  void leave() {
    if (loop->residents.erase(this) == 0) return;
    socket_.close();
    timer_.cancel();
  }

  void end(Result<Connection> result) {
    leave();
    connection_ = Connection();
    if (auto done = std::move(done_)) done(std::move(result));
  }

  const Endpoint to_;
  const ConnectOptions options_;
  Function<void(Result<Connection>)> done_;
  Watched socket_;
  Alarm timer_;
  TimePoint deadline_;
  Connection connection_;  // while it shakes hands
};

}  // namespace internal

Connecting::Connecting(std::shared_ptr<internal::Dial> dial) : dial_(std::move(dial)) {}

Connecting::Connecting(Connecting&&) noexcept = default;

Connecting& Connecting::operator=(Connecting&& other) noexcept {
  std::swap(dial_, other.dial_);
  return *this;
}

Connecting::~Connecting() {
  cancel();
}

void Connecting::cancel() {
  const auto dial = std::move(dial_);
  if (!dial) return;
  if (dial->loop->is_current()) return dial->cancel();
  dial->loop->post_farewell([dial] { dial->cancel(); });
}

Connecting connect(const Loop& loop, const Endpoint& to, const ConnectOptions& options,
                   Function<void(Result<Connection>)> done) {
  auto dial = std::make_shared<internal::Dial>(loop.core(), to, options, std::move(done));
  if (!loop.post([dial] { dial->begin(); })) dial->forget();
  return Connecting(std::move(dial));
}

}  // namespace goakt::net
