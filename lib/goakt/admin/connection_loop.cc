#include "goakt/admin/connection_loop.h"

#include "goakt/admin/tls.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

namespace goakt::admin {

using Clock = Connection::Clock;

ConnectionLoop::ConnectionLoop(const Listener& listener, const TlsContext* tls, Limits limits,
                               Ready ready)
    : listener_(listener),
      tls_(tls),
      limits_(limits),
      ready_(std::move(ready)),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  watch(listener_.descriptor(), EPOLLIN, this);
  watch(wake_, EPOLLIN, nullptr);
}

void ConnectionLoop::start() {
  thread_ = std::thread([this] { run(); });
}

ConnectionLoop::~ConnectionLoop() {
  stop();
  for (Connection* connection : parked_) delete connection;
  ::close(epoll_);
  ::close(wake_);
}

void ConnectionLoop::stop() {
  if (stopping_.exchange(true)) return;
  wake();
  if (thread_.joinable()) thread_.join();
}

void ConnectionLoop::watch(int descriptor, std::uint32_t events, void* what) const {
  epoll_event event{};
  event.events = events;
  event.data.ptr = what;
  ::epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event);
}

void ConnectionLoop::wake() const {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(wake_, &one, sizeof one);
}

void ConnectionLoop::run() {
  std::array<epoll_event, 64> events{};
  while (!stopping_) {
    const int count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()),
                                   milliseconds_to_next_end());
    bool arrivals = false;
    for (int i = 0; i < count; ++i) {
      void* what = events[static_cast<std::size_t>(i)].data.ptr;
      if (what == this) {
        arrivals = true;
      } else if (what == nullptr) {
        std::uint64_t ignored;
        [[maybe_unused]] const auto got = ::read(wake_, &ignored, sizeof ignored);
      } else {
        auto* connection = static_cast<Connection*>(what);
        unpark(connection);
        ready_(connection);
      }
    }
    // Last: it may close parked connections, which must not stand in `events` any more.
    if (arrivals) accept_all();
    end_idle();
  }
}

void ConnectionLoop::accept_all() {
  for (;;) {
    const int descriptor = ::accept4(listener_.descriptor(), nullptr, nullptr, SOCK_CLOEXEC);
    if (descriptor < 0) {
      // Out of descriptors: the waiting client keeps the listener readable; do not spin on it.
      if (errno == EMFILE || errno == ENFILE)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
      return;
    }
    if (open_.fetch_add(1) >= limits_.connections) {
      if (Connection* idle = longest_parked()) {
        unpark(idle);
        close(idle);
      } else {
        open_.fetch_sub(1);
        ::close(descriptor);
        continue;
      }
    }
    auto session = tls_ ? tls_->session(descriptor) : nullptr;
    const bool usable = session != nullptr || tls_ == nullptr;
    auto* connection = new Connection(descriptor, listener_.is_unix(), std::move(session));
    if (usable)
      park(connection);  // most clients need a moment to send; the worker is for those who have
    else
      close(connection);
  }
}

void ConnectionLoop::park(Connection* connection) {
  std::lock_guard lock(parked_mutex_);
  connection->parked_since = Clock::now();
  connection->parked_at = parked_.insert(parked_.end(), connection);
  watch(connection->descriptor(), EPOLLIN | EPOLLRDHUP, connection);
  if (parked_.size() == 1) wake();  // the loop may be waiting without an end
}

void ConnectionLoop::unpark(Connection* connection) {
  std::lock_guard lock(parked_mutex_);
  parked_.erase(connection->parked_at);
  ::epoll_ctl(epoll_, EPOLL_CTL_DEL, connection->descriptor(), nullptr);
}

void ConnectionLoop::close(Connection* connection) {
  delete connection;
  open_.fetch_sub(1);
}

Connection* ConnectionLoop::longest_parked() const {
  std::lock_guard lock(parked_mutex_);
  return parked_.empty() ? nullptr : parked_.front();
}

int ConnectionLoop::milliseconds_to_next_end() const {
  const Connection* oldest = longest_parked();
  if (oldest == nullptr) return -1;
  const auto left = oldest->parked_since + limits_.idle - Clock::now();
  const auto rounded = std::chrono::ceil<std::chrono::milliseconds>(left).count();
  return static_cast<int>(std::max<std::int64_t>(rounded, 0));
}

void ConnectionLoop::end_idle() {
  const auto now = Clock::now();
  for (;;) {
    Connection* oldest = longest_parked();
    if (oldest == nullptr || oldest->parked_since + limits_.idle > now) return;
    unpark(oldest);
    close(oldest);
  }
}

}  // namespace goakt::admin
