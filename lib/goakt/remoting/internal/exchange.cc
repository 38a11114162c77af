#include "goakt/remoting/internal/exchange.h"

#include "goakt/wire/big_endian.h"
#include "goakt/wire/frame.h"

#include <utility>

namespace goakt::remoting {

std::shared_ptr<Exchange> Exchange::start(const RemoteAccess& runtime, std::unique_ptr<Line> line) {
  Line& started = *line;
  auto exchange = std::make_shared<Exchange>(runtime, std::move(line));
  started.start(exchange);
  return exchange;
}

Exchange::Exchange(const RemoteAccess& runtime, std::unique_ptr<Line> line)
    : runtime_(runtime), line_(std::move(line)) {}

void Exchange::send(net::Bytes frame, TimePoint limit, Answered answered) {
  if (!is_open_) return answered(fail(ErrorCode::connection_lost));
  if (Status sent = line_->send(std::move(frame)); !sent) {
    const Error why = std::move(sent).error();
    // A connection that has ended tells so in a later turn. Until then whoever goes on sending,
    // perhaps in this turn without end, must not find it open.
    if (why.code() != ErrorCode::remote_send_backpressure) end(why);
    return answered(unexpected(why.clone()));
  }
  waiting_.push_back({limit, std::move(answered)});
  watch_limit();
}

void Exchange::watch_limit() {
  if (is_watching_ || waiting_.empty()) return;
  is_watching_ = true;
  runtime_.at(waiting_.front().limit, [weak = weak_from_this()] {
    const auto self = weak.lock();
    if (!self) return;
    self->line_->post([self] {
      self->is_watching_ = false;
      if (!self->is_open_ || self->waiting_.empty()) return;
      if (self->waiting_.front().limit > self->runtime_.clock().now()) return self->watch_limit();
      self->line_->close();
      self->end(Error(ErrorCode::request_timeout));
    });
  });
}

std::size_t Exchange::on_data(std::string_view bytes) {
  constexpr std::size_t kSmallestFrame = 8;
  const auto self = shared_from_this();
  std::size_t used = 0;
  while (is_open_ && bytes.size() - used >= sizeof(std::uint32_t)) {
    const std::string_view rest = bytes.substr(used);
    const auto length = wire::load_big_endian<std::uint32_t>(rest.data());
    if (length < kSmallestFrame || length > wire::kLargestMaxFrameSize || waiting_.empty()) {
      line_->close();
      end(Error(ErrorCode::invalid_response));
      break;
    }
    if (rest.size() < length) break;
    used += length;
    Waiting first = std::move(waiting_.front());
    waiting_.pop_front();
    first.answered(rest.substr(0, length));
  }
  return is_open_ ? used : bytes.size();
}

void Exchange::on_close(Status why) {
  end(why ? Error(ErrorCode::connection_lost) : std::move(why).error());
}

void Exchange::close() {
  ended_ = {};
  if (is_open_) line_->close();
  end(Error(ErrorCode::connection_lost));
}

void Exchange::end(const Error& why) {
  const auto self = shared_from_this();
  is_open_ = false;
  if (auto ended = std::exchange(ended_, {})) ended();
  for (Waiting& left : std::exchange(waiting_, {})) left.answered(unexpected(why.clone()));
}

}  // namespace goakt::remoting
