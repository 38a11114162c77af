#include "goakt/net/datagram_socket.h"

#include "goakt/net/internal/loop_core.h"
#include "goakt/net/internal/readiness.h"
#include "goakt/net/internal/socket.h"

#include <cerrno>
#include <deque>

namespace goakt::net {

namespace internal {

namespace {

constexpr int kReceivedPerTurn = 64;

}  // namespace

class DatagramCore final : public Resident, public std::enable_shared_from_this<DatagramCore> {
 public:
  DatagramCore(std::shared_ptr<LoopCore> owner, const DatagramOptions& options,
               Descriptor descriptor, DatagramSocket::Receive receive)
      : loop(std::move(owner)),
        local(local_endpoint(descriptor.get())),
        queue_limit_(options.queue_limit),
        receive_(std::move(receive)),
        descriptor_(std::move(descriptor)),
        socket_(*loop) {}

  void begin() {
    if (loop->is_stopping || is_closed_) return;
    if (!socket_.assign(descriptor_)) return close();
    loop->residents.insert(this);
    wait_read();
  }

  void close() {
    is_closed_ = true;
    descriptor_ = Descriptor();
    if (loop->residents.erase(this) == 0) return;
    socket_.close();
    queue_.clear();
    // Whoever closes may be within the callback.
    loop->defer([self = shared_from_this()] { self->receive_ = {}; });
  }

  void on_loop_stop() override { close(); }

  Status send(const Endpoint& to, std::string_view bytes) {
    if (is_closed_) return fail(ErrorCode::connection_lost, local.to_string() + " is closed");
    if (queue_.empty()) {
      const int error = try_send(to, bytes);
      if (error == 0) return {};
      if (error != EAGAIN && error != ENOBUFS)
        return unexpected(system_error(error, "send to", to));
    }
    if (queued_ + bytes.size() > queue_limit_)
      return fail(ErrorCode::remote_send_backpressure,
                  local.to_string() + ": too many datagrams wait to be sent");
    queued_ += bytes.size();
    queue_.emplace_back(to, std::string(bytes));
    if (queue_.size() == 1) wait_write();
    return {};
  }

  const std::shared_ptr<LoopCore> loop;
  const Endpoint local;
  std::uint64_t received = 0;
  std::uint64_t sent = 0;

 private:
  int descriptor() { return socket_.is_open() ? socket_.number() : descriptor_.get(); }

  int try_send(const Endpoint& to, std::string_view bytes) {
    sockaddr_storage address;
    const socklen_t size = to_socket_address(to, address);
    for (;;) {
      if (::sendto(descriptor(), bytes.data(), bytes.size(), MSG_NOSIGNAL,
                   reinterpret_cast<const sockaddr*>(&address), size) >= 0) {
        ++sent;
        return 0;
      }
      if (errno != EINTR) return errno == EWOULDBLOCK ? EAGAIN : errno;
    }
  }

  void wait_read() {
    socket_.wait_readable([self = shared_from_this()] { self->read(); });
  }

  void read() {
    for (int i = 0; i < kReceivedPerTurn; ++i) {
      if (is_closed_) return;
      sockaddr_storage from = {};
      socklen_t size = sizeof from;
      const ssize_t got = ::recvfrom(socket_.number(), loop->scratch.data(), loop->scratch.size(),
                                     0, reinterpret_cast<sockaddr*>(&from), &size);
      if (got < 0) {
        if (errno == EAGAIN || errno == EWOULDBLOCK) break;
        continue;  // an ICMP answer to an earlier datagram, an interruption
      }
      ++received;
      loop->heat();
      receive_(from_socket_address(from), {loop->scratch.data(), static_cast<std::size_t>(got)});
    }
    if (!is_closed_) wait_read();  // says at once if there is more
  }

  void wait_write() {
    if (!socket_.is_open()) return begin_then_write();
    socket_.wait_writable([self = shared_from_this()] { self->write(); });
  }

  void begin_then_write() {
    loop->defer([self = shared_from_this()] {
      if (self->socket_.is_open()) self->wait_write();
    });
  }

  void write() {
    while (!queue_.empty()) {
      const auto& [to, bytes] = queue_.front();
      const int error = try_send(to, bytes);
      if (error == EAGAIN || error == ENOBUFS) return wait_write();
      queued_ -= bytes.size();
      queue_.pop_front();
    }
  }

  const std::size_t queue_limit_;
  DatagramSocket::Receive receive_;
  Descriptor descriptor_;  // until the loop has it
  Watched socket_;
  std::deque<std::pair<Endpoint, std::string>> queue_;
  std::size_t queued_ = 0;
  bool is_closed_ = false;
};

}  // namespace internal

DatagramSocket::DatagramSocket(std::shared_ptr<internal::DatagramCore> core)
    : core_(std::move(core)) {}

DatagramSocket::DatagramSocket(DatagramSocket&&) noexcept = default;

DatagramSocket& DatagramSocket::operator=(DatagramSocket&& other) noexcept {
  std::swap(core_, other.core_);
  return *this;
}

DatagramSocket::~DatagramSocket() {
  if (!core_) return;
  if (core_->loop->is_current()) {
    core_->close();
  } else {
    core_->loop->post_farewell([core = core_] { core->close(); });
  }
}

Result<DatagramSocket> DatagramSocket::open(const Loop& loop, const DatagramOptions& options,
                                            Receive receive) {
  GOAKT_TRY(internal::Descriptor descriptor,
            internal::datagram_socket(options.endpoint, options.reuse_port));
  internal::set_buffers(descriptor.get(), options.send_buffer, options.receive_buffer);
  auto core = std::make_shared<internal::DatagramCore>(loop.core(), options, std::move(descriptor),
                                                       std::move(receive));
  if (!loop.post([core] { core->begin(); })) return fail(ErrorCode::system_shutting_down);
  return DatagramSocket(std::move(core));
}

Status DatagramSocket::send(const Endpoint& to, std::string_view bytes) {
  return core_->send(to, bytes);
}

const Endpoint& DatagramSocket::local() const noexcept {
  return core_->local;
}

std::uint64_t DatagramSocket::received() const noexcept {
  return core_->received;
}

std::uint64_t DatagramSocket::sent() const noexcept {
  return core_->sent;
}

}  // namespace goakt::net
