#include "goakt/admin/connection.h"

#include "goakt/admin/tls.h"

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace goakt::admin {

namespace {

std::string peer_name(int descriptor, bool is_unix) {
  if (is_unix) {
    ucred peer{};
    socklen_t size = sizeof peer;
    if (::getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return "socket";
    return "uid=" + std::to_string(peer.uid);
  }
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (::getpeername(descriptor, reinterpret_cast<sockaddr*>(&storage), &size) != 0) return "tcp";
  const void* address =
      storage.ss_family == AF_INET
          ? static_cast<const void*>(&reinterpret_cast<const sockaddr_in*>(&storage)->sin_addr)
          : &reinterpret_cast<const sockaddr_in6*>(&storage)->sin6_addr;
  return ::inet_ntop(storage.ss_family, address, text.data(), text.size()) ? text.data() : "tcp";
}

}  // namespace

bool wait_for(int descriptor, short events, Connection::Clock::time_point until) {
  for (;;) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(until - Connection::Clock::now());
    pollfd entry{descriptor, events, 0};
    const int ready = ::poll(&entry, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
    if (ready >= 0 || errno != EINTR) return ready > 0;
  }
}

Connection::Connection(int descriptor, bool is_unix, std::unique_ptr<TlsSession> tls)
    : descriptor_(descriptor), peer_(peer_name(descriptor, is_unix)), tls_(std::move(tls)) {
  const int on = 1;
  if (!is_unix) ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

Connection::~Connection() {
  if (tls_) tls_->shut_down();
  tls_.reset();
  ::close(descriptor_);
}

std::string Connection::certificate() const {
  return tls_ ? tls_->peer_subject() : std::string();
}

bool Connection::prepare(std::chrono::seconds limit) {
  return !tls_ || tls_->handshake(Clock::now() + limit);
}

void Connection::begin_request(std::chrono::seconds limit, std::size_t head) {
  deadline_ = Clock::now() + limit;
  must_close_ = false;
  in_head_ = true;
  head_left_ = head;
}

bool Connection::has_buffered() const {
  return begin_ < end_ || (tls_ && tls_->has_pending());
}

void Connection::linger() {
  if (tls_) tls_->shut_down();
  ::shutdown(descriptor_, SHUT_WR);
  const auto until = Clock::now() + std::chrono::seconds(2);
  std::array<char, 16384> waste{};
  while (Clock::now() < until && wait_for(descriptor_, POLLIN, until) &&
         ::recv(descriptor_, waste.data(), waste.size(), MSG_DONTWAIT) > 0) {
  }
}

bool Connection::is_readable() {
  return has_buffered() ||
         wait_for(descriptor_, POLLIN, std::min(deadline_, Clock::now() + kQuiet));
}

bool Connection::is_writable() const {
  char byte;
  const auto peeked = ::recv(descriptor_, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  if (peeked == 0 || (peeked < 0 && errno != EAGAIN && errno != EINTR)) return false;
  return wait_for(descriptor_, POLLOUT, Clock::now() + kQuiet);
}

ssize_t Connection::fill() {
  const auto until = std::min(deadline_, Clock::now() + kQuiet);
  const auto got = tls_ ? tls_->read(buffer_.data(), buffer_.size(), until)
                   : wait_for(descriptor_, POLLIN, until)
                       ? ::recv(descriptor_, buffer_.data(), buffer_.size(), 0)
                       : -1;
  begin_ = 0;
  end_ = got > 0 ? static_cast<std::size_t>(got) : 0;
  return got;
}

ssize_t Connection::read(char* out, std::size_t size) {
  if (begin_ == end_) {
    const auto got = fill();
    if (got <= 0) return got;
  }
  const std::size_t count = std::min(size, end_ - begin_);
  if (in_head_) {
    if (count > head_left_) {
      head_too_large_ = true;
      return -1;
    }
    head_left_ -= count;
  }
  std::memcpy(out, buffer_.data() + begin_, count);
  begin_ += count;
  return static_cast<ssize_t>(count);
}

ssize_t Connection::write(const char* data, std::size_t size) {
  std::size_t sent = 0;
  while (sent < size) {
    const auto until = Clock::now() + kQuiet;
    if (tls_) {
      const auto count = tls_->write(data + sent, size - sent, until);
      if (count <= 0) return -1;
      sent += static_cast<std::size_t>(count);
      continue;
    }
    if (!wait_for(descriptor_, POLLOUT, until)) return -1;
    const auto count = ::send(descriptor_, data + sent, size - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count < 0 && errno != EAGAIN && errno != EINTR) return -1;
    if (count > 0) sent += static_cast<std::size_t>(count);
  }
  return static_cast<ssize_t>(size);
}

}  // namespace goakt::admin
