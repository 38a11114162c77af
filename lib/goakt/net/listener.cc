#include "goakt/net/listener.h"

#include "goakt/net/internal/connection_core.h"
#include "goakt/net/internal/loop_core.h"
#include "goakt/net/internal/readiness.h"
#include "goakt/net/internal/socket.h"

#include <algorithm>
#include <cerrno>

namespace goakt::net {

namespace internal {

namespace {

constexpr int kAcceptedPerTurn = 64;
constexpr Duration kFirstPause = std::chrono::milliseconds(5);
constexpr Duration kLongestPause = std::chrono::seconds(1);

}  // namespace

// On the first loop's thread, deal() excepted.
class ListenerCore final : public Resident, public std::enable_shared_from_this<ListenerCore> {
 public:
  ListenerCore(Loops& loops, const ListenOptions& options, Descriptor descriptor,
               Listener::Accept accept, Listener::Failure failure)
      : loop(loops[0].core()),
        local(local_endpoint(descriptor.get())),
        loops_(loops),
        options_(options),
        accept_(std::move(accept)),
        failure_(std::move(failure)),
        descriptor_(std::move(descriptor)),
        socket_(*loop),
        timer_(*loop) {}

  void begin() {
    if (loop->is_stopping || is_closed_) return;
    if (!socket_.assign(descriptor_))
      return report(Error(ErrorCode::internal, "listener: no room to wait for another socket"));
    loop->residents.insert(this);
    accept_all();
  }

  void close() {
    is_closed_ = true;
    descriptor_ = Descriptor();
    if (loop->residents.erase(this) == 0) return;
    socket_.close();
    timer_.cancel();
  }

  void on_loop_stop() override { close(); }

  const std::shared_ptr<LoopCore> loop;
  const Endpoint local;
  std::atomic<std::size_t> count = 0;

 private:
  void accept_all() {
    for (int i = 0; i < kAcceptedPerTurn; ++i) {
      if (is_closed_) return;
      if (count >= options_.max_connections) {
        is_full_ = true;  // released() goes on
        // One may have ended before the flag was up.
        if (count < options_.max_connections && is_full_.exchange(false)) continue;
        return;
      }
      Descriptor accepted = accept_from(socket_.number());
      if (accepted.get() >= 0) {
        pause_ = Duration::zero();
        ++count;
        deal(std::move(accepted));
      } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
        return wait();
      } else if (errno != EINTR && errno != ECONNABORTED && errno != EPROTO) {
        return back_off(errno);
      }
    }
    loop->defer([self = shared_from_this()] { self->accept_all(); });
  }

  void wait() {
    socket_.wait_readable([self = shared_from_this()] { self->accept_all(); });
  }

  // Too many open files, no memory, ...: passes, or the operator does something about it.
  void back_off(int error) {
    if (pause_ == Duration::zero())
      report(Error(ErrorCode::internal, system_error(error, "accept on", local).message())
                 .with_hint("raise the limit of open files (ulimit -n) or have fewer connections"));
    pause_ = std::clamp(pause_ * 2, kFirstPause, kLongestPause);
    timer_.set(SystemClock::instance().now() + pause_,
               [self = shared_from_this()] { self->accept_all(); });
  }

  void deal(Descriptor accepted) {
    Loop& target = loops_.next();
    auto task = [self = shared_from_this(), &target, accepted = std::move(accepted)]() mutable {
      self->take(target, std::move(accepted));
    };
    if (!target.post(std::move(task))) --count;
  }

  // On the connection's own loop.
  void take(Loop& target, Descriptor accepted) {
    auto core =
        std::make_shared<ConnectionCore>(target.core(), std::move(accepted), options_.connection);
    core->when_closed([self = shared_from_this()] { self->released(); });
    core->open(options_.tls.get(), [self = shared_from_this(), core, &target](Status&& opened) {
      Connection connection(core);
      if (!opened) return self->report(opened.error());
      self->accept_(std::move(connection), target);
    });
  }

  void released() {
    --count;
    if (is_full_.exchange(false)) loop->post([self = shared_from_this()] { self->accept_all(); });
  }

  void report(const Error& error) {
    if (failure_) failure_(error);
  }

  Loops& loops_;
  const ListenOptions options_;
  const Listener::Accept accept_;
  const Listener::Failure failure_;
  Descriptor descriptor_;  // until the loop has it
  Watched socket_;
  Alarm timer_;
  Duration pause_ = Duration::zero();
  bool is_closed_ = false;
  std::atomic<bool> is_full_ = false;
};

}  // namespace internal

Listener::Listener(std::shared_ptr<internal::ListenerCore> core) : core_(std::move(core)) {}

Listener::Listener(Listener&&) noexcept = default;

Listener& Listener::operator=(Listener&& other) noexcept {
  std::swap(core_, other.core_);
  return *this;
}

Listener::~Listener() {
  if (core_) close();
}

Result<Listener> Listener::open(Loops& loops, const ListenOptions& options, Accept accept,
                                Failure failure) {
  GOAKT_TRY(internal::Descriptor descriptor,
            internal::listening_socket(options.endpoint, options.reuse_port, options.backlog));
  auto core = std::make_shared<internal::ListenerCore>(loops, options, std::move(descriptor),
                                                       std::move(accept), std::move(failure));
  if (!core->loop->post([core] { core->begin(); })) return fail(ErrorCode::system_shutting_down);
  return Listener(std::move(core));
}

const Endpoint& Listener::local() const noexcept {
  return core_->local;
}

std::size_t Listener::connections() const noexcept {
  return core_->count;
}

void Listener::close() {
  // A loop that has ended has closed it.
  core_->loop->post_farewell([core = core_] { core->close(); });
}

}  // namespace goakt::net
