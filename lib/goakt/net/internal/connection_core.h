#pragma once

#include "goakt/net/compression/compressor.h"
#include "goakt/net/compression/decompressor.h"
#include "goakt/net/connection.h"
#include "goakt/net/internal/input.h"
#include "goakt/net/internal/loop_core.h"
#include "goakt/net/internal/output.h"
#include "goakt/net/internal/readiness.h"
#include "goakt/net/internal/socket.h"
#include "goakt/net/internal/transport.h"

#include <array>
#include <memory>
#include <optional>

namespace goakt::net::internal {

// A Connection from inside: a state machine that is moved on by turn(), and by nothing else, when
// its socket is ready, a deadline has passed, or the user wants something. So callbacks never nest.
// Loop thread only, the constructor included.
class ConnectionCore final : public Resident, public std::enable_shared_from_this<ConnectionCore> {
 public:
  ConnectionCore(std::shared_ptr<LoopCore> loop, Descriptor socket,
                 const ConnectionOptions& options);
  ~ConnectionCore();

  // Shakes hands, if there is TLS, and says how it went; never before it returns.
  void open(const TlsContext* tls, Function<void(Status&&)> opened);

  // Called once when the socket has been closed.
  void when_closed(Function<void()> closed) { closed_ = std::move(closed); }

  void start(std::shared_ptr<ConnectionHandler> handler);
  template <class Data>
  Status send(Data&& data, std::size_t size);
  void pause();
  void resume();
  void close();

  void abort() { finish({}); }

  // The handle is gone.
  void abandon();

  bool is_open() const noexcept { return phase_ == Phase::open; }

  bool is_paused() const noexcept { return is_paused_; }

  bool is_congested() const noexcept { return is_congested_; }

  std::size_t unsent() const noexcept { return output_.size() + wire_.size(); }

  void on_loop_stop() override;

  const std::shared_ptr<LoopCore> loop;
  const Endpoint local;
  const Endpoint remote;
  std::uint64_t bytes_read = 0;
  std::uint64_t bytes_written = 0;
  std::string peer_subject;

 private:
  enum class Phase : std::uint8_t { handshaking, open, closing, lingering, closed };
  // What reading or writing waits for. TLS may have to read in order to write.
  enum class Block : std::uint8_t { none, readable, writable };

  void schedule();
  void turn();
  void shake_hands();
  void read_turn();
  void take_input();
  std::size_t deliver(std::string_view bytes);
  IoResult read_plain(std::span<char> room);
  void end_of_stream();
  void write_turn();
  void relieve();
  Status compress();
  void end_turn();
  void discard();
  void wait();
  void wait_for(Block block);
  void ready(Block block);
  void set_deadlines();
  void on_timer();
  void fail_with(Error error);
  void finish(Status why);
  void tell_end();

  bool is_reading() const noexcept { return phase_ == Phase::open && handler_ && !is_paused_; }

  static Block block_of(IoState state) noexcept {
    return state == IoState::want_write ? Block::writable : Block::readable;
  }

  const ConnectionOptions options_;
  Watched socket_;
  Alarm timer_;
  std::unique_ptr<Transport> transport_;
  std::unique_ptr<Compressor> compressor_;
  std::unique_ptr<Decompressor> decompressor_;
  std::shared_ptr<ConnectionHandler> handler_;
  Function<void(Status&&)> opened_;
  Function<void()> closed_;

  Phase phase_ = Phase::handshaking;
  Block read_block_ = Block::none;
  Block write_block_ = Block::none;
  bool is_waiting_[2] = {};  // for readable, writable
  bool is_scheduled_ = false;
  bool is_in_turn_ = false;
  bool is_again_ = false;  // something was wanted during the turn
  bool is_paused_ = false;
  bool is_congested_ = false;
  bool has_unseen_ = false;  // bytes in input_ to be shown again
  bool has_peer_ended_ = false;
  bool has_stream_ended_ = false;  // our compressed stream
  bool is_abandoned_ = false;
  bool is_plain_ = true;  // no TLS
  Status end_;            // why it ended

  Input input_;
  Input raw_;  // compressed bytes not yet decoded
  bool may_hold_output_ = false;
  Output output_{loop->blocks};
  Output wire_{loop->blocks};  // compressed bytes to be written

  TimePoint now_;  // of the turn
  std::optional<TimePoint> phase_deadline_;
  std::optional<TimePoint> idle_deadline_;
  std::optional<TimePoint> write_deadline_;
  std::optional<TimePoint> timer_at_;
};

template <class Data>
Status ConnectionCore::send(Data&& data, std::size_t size) {
  if (phase_ != Phase::open)
    return fail(ErrorCode::connection_lost, "connection with " + remote.to_string() + " is closed");
  if (unsent() + size > options_.write_limit) {
    return unexpected(Error(ErrorCode::remote_send_backpressure,
                            "connection with " + remote.to_string() + ": " +
                                std::to_string(unsent()) + " bytes wait to be written")
                          .with_hint("the peer reads too slowly, or not at all"));
  }
  output_.append(std::forward<Data>(data));
  if (unsent() > options_.high_watermark) is_congested_ = true;
  if (write_block_ == Block::none && !is_in_turn_) schedule();  // a turn ends by writing
  return {};
}

}  // namespace goakt::net::internal
