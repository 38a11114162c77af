#include "goakt/net/connection.h"

#include "goakt/net/internal/connection_core.h"

namespace goakt::net {

namespace {

void drop(std::shared_ptr<internal::ConnectionCore> core) {
  if (!core) return;
  const auto loop = core->loop;
  if (loop->is_current()) return core->abandon();
  // After the loop's end nobody else looks at it.
  if (!loop->post_farewell([core] { core->abandon(); })) core->abandon();
}

}  // namespace

Connection::Connection() = default;

Connection::Connection(std::shared_ptr<internal::ConnectionCore> core) : core_(std::move(core)) {}

Connection::Connection(Connection&&) noexcept = default;

Connection& Connection::operator=(Connection&& other) noexcept {
  if (this != &other) drop(std::exchange(core_, std::move(other.core_)));
  return *this;
}

Connection::~Connection() {
  drop(std::move(core_));
}

void Connection::start(std::shared_ptr<ConnectionHandler> handler) {
  core_->start(std::move(handler));
}

Status Connection::send(Bytes bytes) {
  const std::size_t size = bytes.size();
  return core_->send(std::move(bytes), size);
}

Status Connection::send(std::string_view copied) {
  return core_->send(copied, copied.size());
}

bool Connection::is_congested() const noexcept {
  return core_->is_congested();
}

std::size_t Connection::unsent() const noexcept {
  return core_->unsent();
}

void Connection::pause() {
  core_->pause();
}

void Connection::resume() {
  core_->resume();
}

bool Connection::is_paused() const noexcept {
  return core_->is_paused();
}

void Connection::close() {
  core_->close();
}

void Connection::abort() {
  core_->abort();
}

bool Connection::is_open() const noexcept {
  return core_ && core_->is_open();
}

bool Connection::post(Function<void()> task) const {
  return core_->loop->post(std::move(task));
}

const Endpoint& Connection::local() const noexcept {
  return core_->local;
}

const Endpoint& Connection::remote() const noexcept {
  return core_->remote;
}

std::string Connection::peer_subject() const {
  return core_->peer_subject;
}

std::uint64_t Connection::bytes_read() const noexcept {
  return core_->bytes_read;
}

std::uint64_t Connection::bytes_written() const noexcept {
  return core_->bytes_written;
}

}  // namespace goakt::net
