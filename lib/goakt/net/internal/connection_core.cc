#include "goakt/net/internal/connection_core.h"

#include "goakt/net/tls.h"

namespace goakt::net::internal {

namespace {

// What one connection may do before others on its loop have their turn.
constexpr std::size_t kReadBudget = 512 * 1024;
constexpr std::size_t kWriteBudget = 1024 * 1024;
// Compressed at once, and waiting compressed; a piece is what goes into the compressor in one call.
constexpr std::size_t kCompressedAhead = 256 * 1024;
constexpr std::size_t kPiece = 64 * 1024;
constexpr std::size_t kRawLimit = 64 * 1024;

std::optional<TimePoint> after(TimePoint now, Duration timeout) {
  if (timeout <= Duration::zero()) return std::nullopt;
  return now + timeout;
}

}  // namespace

ConnectionCore::ConnectionCore(std::shared_ptr<LoopCore> owner, Descriptor socket,
                               const ConnectionOptions& options)
    : loop(std::move(owner)),
      local(local_endpoint(socket.get())),
      remote(remote_endpoint(socket.get())),
      options_(options),
      socket_(*loop),
      timer_(*loop),
      compressor_(Compressor::make(options.compression)),
      decompressor_(Decompressor::make(options.compression)) {
  set_stream_options(socket.get(), options_);
  if (!socket_.assign(socket)) socket = Descriptor();  // open() says so
  loop->residents.insert(this);
}

ConnectionCore::~ConnectionCore() = default;

void ConnectionCore::open(const TlsContext* tls, Function<void(Status&&)> opened) {
  opened_ = std::move(opened);
  is_plain_ = tls == nullptr;
  if (socket_.is_open())
    transport_ = tls != nullptr ? tls_transport(socket_.number(), *tls, remote)
                                : plain_transport(socket_.number());
  if (!transport_ || loop->is_stopping) {
    finish(fail(loop->is_stopping ? ErrorCode::system_shutting_down : ErrorCode::internal,
                "connection with " + remote.to_string() + " cannot be set up"));
    return;
  }
  phase_deadline_ = after(SystemClock::instance().now(), options_.handshake_timeout);
  schedule();
}

void ConnectionCore::start(std::shared_ptr<ConnectionHandler> handler) {
  handler_ = std::move(handler);
  if (phase_ == Phase::closed) {
    // It ended between being handed over and being started.
    loop->defer([self = shared_from_this()] { self->tell_end(); });
    return;
  }
  idle_deadline_ = after(SystemClock::instance().now(), options_.idle_timeout);
  schedule();
}

void ConnectionCore::pause() {
  is_paused_ = true;
  idle_deadline_.reset();
}

void ConnectionCore::resume() {
  if (!is_paused_) return;
  is_paused_ = false;
  has_unseen_ = !input_.empty();
  if (phase_ != Phase::open) return;
  idle_deadline_ = after(SystemClock::instance().now(), options_.idle_timeout);
  schedule();
}

void ConnectionCore::close() {
  if (phase_ == Phase::handshaking) return finish({});
  if (phase_ != Phase::open) return;
  phase_ = Phase::closing;
  idle_deadline_.reset();
  phase_deadline_ = after(SystemClock::instance().now(), options_.close_timeout);
  schedule();
}

void ConnectionCore::abandon() {
  is_abandoned_ = true;
  opened_ = {};
  finish({});
  // The handler may be the one who is calling.
  if (auto handler = std::move(handler_)) loop->defer([handler = std::move(handler)] {});
}

void ConnectionCore::on_loop_stop() {
  finish(fail(ErrorCode::system_shutting_down));
}

void ConnectionCore::schedule() {
  if (is_in_turn_) {
    is_again_ = true;
  } else if (!is_scheduled_) {
    is_scheduled_ = true;
    loop->defer([self = shared_from_this()] {
      self->is_scheduled_ = false;
      self->turn();
    });
  }
}

void ConnectionCore::turn() {
  if (phase_ == Phase::closed) return;
  now_ = SystemClock::instance().now();
  is_in_turn_ = true;
  is_again_ = false;
  if (phase_ == Phase::handshaking) shake_hands();
  if (is_reading()) take_input();
  if (is_reading()) read_turn();
  if (phase_ == Phase::open || phase_ == Phase::closing) write_turn();
  if (phase_ == Phase::lingering) discard();
  is_in_turn_ = false;
  if (phase_ == Phase::closed) return;
  if (input_.empty()) input_.release();
  if (is_again_) schedule();
  set_deadlines();
  wait();
}

void ConnectionCore::shake_hands() {
  if (read_block_ != Block::none) return;
  IoResult result = transport_->handshake();
  if (result.state == IoState::failed || result.state == IoState::end) {
    return fail_with(result.state == IoState::failed
                         ? std::move(result.error)
                         : Error(ErrorCode::connection_lost, "closed during the TLS handshake"));
  }
  if (result.state != IoState::done) {
    read_block_ = block_of(result.state);
    return;
  }
  phase_ = Phase::open;
  phase_deadline_.reset();
  peer_subject = transport_->peer_subject();
  loop->defer([opened = std::move(opened_)]() mutable {
    if (opened) opened({});
  });
}

// Shows again what was left over when the user paused.
void ConnectionCore::take_input() {
  if (!std::exchange(has_unseen_, false)) return;
  input_.consume(deliver(input_.view()));
}

std::size_t ConnectionCore::deliver(std::string_view bytes) {
  const std::size_t consumed = std::min(handler_->on_data(bytes), bytes.size());
  if (consumed > 0 && !is_paused_) idle_deadline_ = after(now_, options_.idle_timeout);
  return consumed;
}

void ConnectionCore::read_turn() {
  std::size_t budget = kReadBudget;
  while (is_reading() && read_block_ == Block::none) {
    if (budget == 0) {
      is_again_ = true;
      return;
    }
    // Most often everything is consumed at once: then nothing is kept, and no memory is held.
    const bool is_fresh = input_.empty();
    const std::span<char> scratch = loop->scratch;
    const std::span<char> room = is_fresh
                                     ? scratch.first(std::min(scratch.size(), options_.read_limit))
                                     : input_.room(options_.read_limit);
    if (room.empty()) {
      return fail_with(
          Error(ErrorCode::invalid_remote_message,
                "a message is larger than " + std::to_string(options_.read_limit) + " bytes"));
    }
    IoResult result = read_plain(room);
    if (result.state == IoState::failed) return fail_with(std::move(result.error));
    if (result.state == IoState::end) return end_of_stream();
    if (result.state != IoState::done) {
      read_block_ = block_of(result.state);
      return;
    }
    // What decodes to nothing is not free either.
    budget -= std::min(budget, std::max<std::size_t>(result.bytes, 1024));
    if (result.bytes == 0) continue;
    loop->heat();
    if (is_fresh) {
      const std::string_view bytes(room.data(), result.bytes);
      const std::size_t consumed = deliver(bytes);
      if (consumed < bytes.size()) input_.append(bytes.substr(consumed));
    } else {
      input_.commit(result.bytes);
      input_.consume(deliver(input_.view()));
    }
    // A read that did not fill its room emptied the socket: wait at once.
    if (is_plain_ && !decompressor_ && result.bytes < room.size()) read_block_ = Block::readable;
  }
}

IoResult ConnectionCore::read_plain(std::span<char> room) {
  if (!decompressor_) {
    IoResult result = transport_->read(room.data(), room.size());
    bytes_read += result.bytes;
    return result;
  }
  if (!raw_.empty() || may_hold_output_) {
    auto progress = decompressor_->read(raw_.view(), room);
    if (!progress) return {.state = IoState::failed, .error = std::move(progress).error()};
    raw_.consume(progress->consumed);
    may_hold_output_ = progress->produced == room.size();
    if (progress->produced > 0 || progress->consumed > 0) return {.bytes = progress->produced};
  }
  const std::span<char> raw_room = raw_.room(kRawLimit);
  IoResult result = transport_->read(raw_room.data(), raw_room.size());
  if (result.state != IoState::done) {
    if (raw_.empty()) raw_.release();
    return result;
  }
  raw_.commit(result.bytes);
  bytes_read += result.bytes;
  result.bytes = 0;
  return result;
}

void ConnectionCore::end_of_stream() {
  has_peer_ended_ = true;
  if (!input_.empty()) {
    return fail_with(Error(ErrorCode::connection_lost,
                           "closed by the peer in the middle of a message, " +
                               std::to_string(input_.size()) + " bytes of it had come"));
  }
  close();
}

void ConnectionCore::write_turn() {
  std::size_t budget = kWriteBudget;
  Output& out = compressor_ ? wire_ : output_;
  while (write_block_ == Block::none) {
    if (compressor_ && wire_.empty()) {
      if (auto status = compress(); !status) return fail_with(std::move(status).error());
    }
    if (out.empty()) break;
    if (budget == 0) {
      is_again_ = true;
      break;
    }
    std::array<iovec, Output::kPieces> pieces;
    IoResult result = transport_->write(out.gather(pieces));
    if (result.state == IoState::failed) return fail_with(std::move(result.error));
    if (result.state == IoState::end)
      return fail_with(Error(ErrorCode::connection_lost, "closed by the peer"));
    if (result.state != IoState::done) {
      write_block_ = block_of(result.state);
      break;
    }
    out.remove(result.bytes);
    bytes_written += result.bytes;
    budget -= std::min(budget, result.bytes);
    write_deadline_.reset();
  }
  relieve();
  if (!output_.empty() && write_block_ == Block::none) is_again_ = true;
  if (phase_ == Phase::closing && unsent() == 0) end_turn();
}

void ConnectionCore::relieve() {
  if (!is_congested_ || unsent() > options_.low_watermark) return;
  is_congested_ = false;
  if (phase_ == Phase::open && handler_) handler_->on_drained();
}

Status ConnectionCore::compress() {
  const bool is_ending = phase_ == Phase::closing && !has_stream_ended_;
  if (output_.empty() && !is_ending) return {};
  std::string out;
  while (!output_.empty() && out.size() < kCompressedAhead) {
    const std::string_view piece = output_.front().substr(0, kPiece);
    GOAKT_CHECK(compressor_->write(piece, out));
    output_.remove(piece.size());
  }
  GOAKT_CHECK(compressor_->flush(out));
  if (is_ending && output_.empty()) {
    has_stream_ended_ = true;
    GOAKT_CHECK(compressor_->finish(out));
  }
  wire_.append(Bytes::own(std::move(out)));
  return {};
}

void ConnectionCore::end_turn() {
  transport_->end_writing();
  if (has_peer_ended_ || options_.linger <= Duration::zero()) return finish({});
  phase_ = Phase::lingering;
  phase_deadline_ = after(now_, options_.linger);
  input_.release();
  raw_.release();
}

void ConnectionCore::discard() {
  std::size_t budget = kReadBudget;
  const auto plain = plain_transport(socket_.number());
  for (;;) {
    const IoResult result = plain->read(loop->scratch.data(), loop->scratch.size());
    if (result.state == IoState::end || result.state == IoState::failed) return finish({});
    if (result.state != IoState::done) {
      read_block_ = Block::readable;
      return;
    }
    budget -= std::min(budget, result.bytes);
    if (budget == 0) {
      read_block_ = Block::none;
      is_again_ = true;
      return;
    }
  }
}

void ConnectionCore::wait() {
  const bool is_read_wanted =
      phase_ == Phase::handshaking || phase_ == Phase::lingering || is_reading();
  for (const Block block : {Block::readable, Block::writable}) {
    if ((is_read_wanted && read_block_ == block) || (unsent() > 0 && write_block_ == block))
      wait_for(block);
  }
}

void ConnectionCore::wait_for(Block block) {
  bool& is_waiting = is_waiting_[block == Block::writable];
  if (std::exchange(is_waiting, true)) return;
  auto ready = [self = shared_from_this(), block] {
    self->is_waiting_[block == Block::writable] = false;
    self->ready(block);
  };
  if (block == Block::writable) {
    socket_.wait_writable(std::move(ready));
  } else {
    socket_.wait_readable(std::move(ready));
  }
}

void ConnectionCore::ready(Block block) {
  if (read_block_ == block) read_block_ = Block::none;
  if (write_block_ == block) write_block_ = Block::none;
  turn();
}

void ConnectionCore::set_deadlines() {
  if (unsent() == 0) {
    write_deadline_.reset();
  } else if (!write_deadline_) {
    write_deadline_ = after(now_, options_.write_timeout);
  }
  std::optional<TimePoint> next;
  for (const auto& deadline : {phase_deadline_, idle_deadline_, write_deadline_}) {
    if (deadline && (!next || *deadline < *next)) next = deadline;
  }
  // A deadline that moves away costs nothing: the timer fires early and is set again.
  if (!next || (timer_at_ && *timer_at_ <= *next)) return;
  timer_at_ = next;
  timer_.set(*next, [self = shared_from_this()] { self->on_timer(); });
}

void ConnectionCore::on_timer() {
  if (phase_ == Phase::closed) return;
  timer_at_.reset();
  now_ = SystemClock::instance().now();
  const auto has_passed = [this](const auto& deadline) { return deadline && now_ >= *deadline; };
  if (has_passed(phase_deadline_)) {
    if (phase_ == Phase::lingering) return finish({});
    return fail_with(
        Error(ErrorCode::request_timeout, phase_ == Phase::handshaking
                                              ? "TLS handshake timed out"
                                              : "not everything could be written in time"));
  }
  if (has_passed(write_deadline_))
    return fail_with(Error(ErrorCode::request_timeout, "the peer has stopped reading"));
  if (has_passed(idle_deadline_))
    return fail_with(Error(ErrorCode::request_timeout, "idle for too long"));
  set_deadlines();
}

void ConnectionCore::fail_with(Error error) {
  finish(unexpected(std::move(error).while_doing("connection with " + remote.to_string())));
}

void ConnectionCore::finish(Status why) {
  if (phase_ == Phase::closed) return;
  phase_ = Phase::closed;
  const auto self = shared_from_this();
  loop->residents.erase(this);
  transport_.reset();
  socket_.close();
  timer_.cancel();
  output_.clear();
  wire_.clear();
  end_ = std::move(why);
  loop->defer([self] {
    if (auto closed = std::move(self->closed_)) closed();
    if (auto opened = std::move(self->opened_)) {
      if (self->end_) self->end_ = fail(ErrorCode::connection_lost);
      opened(std::move(self->end_));
    } else {
      self->tell_end();
    }
  });
}

// To the handler, if there is one; start() comes back to it.
void ConnectionCore::tell_end() {
  if (auto handler = std::move(handler_); handler && !is_abandoned_)
    handler->on_close(std::move(end_));
}

}  // namespace goakt::net::internal
