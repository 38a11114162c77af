#include "goakt/remoting/session.h"

#include "goakt/wire/big_endian.h"
#include "goakt/wire/durations.h"

#include <utility>

namespace goakt::remoting {

Session::Session(std::shared_ptr<const Handlers> handlers, std::unique_ptr<Line> line, Clock& clock,
                 std::uint32_t max_frame_size)
    : handlers_(std::move(handlers)),
      line_(std::move(line)),
      clock_(clock),
      max_frame_size_(max_frame_size) {}

std::size_t Session::on_data(std::string_view bytes) {
  constexpr std::size_t kSmallestFrame = 8;
  std::size_t used = 0;
  while (is_open_ && !is_waiting_) {
    const std::string_view rest = bytes.substr(used);
    if (rest.size() < sizeof(std::uint32_t)) break;
    const auto length = wire::load_big_endian<std::uint32_t>(rest.data());
    if (length < kSmallestFrame || length > max_frame_size_) {
      close();
      return bytes.size();
    }
    if (rest.size() < length) break;
    if (line_->is_congested()) {  // the peer does not read its answers
      line_->pause();
      break;
    }
    used += length;
    if (!serve(rest.substr(0, length))) break;
  }
  return is_open_ ? used : bytes.size();
}

bool Session::serve(std::string_view bytes) {
  const auto frame = wire::parse_frame(bytes, wire::FrameKind::request);
  const Handler* handler = frame ? handlers_->find(frame->type_name) : nullptr;
  if (handler == nullptr) {
    close();
    return false;
  }
  Request request{.body = frame->body, .metadata = {}, .deadline = {}};
  if (!frame->metadata.empty()) {
    auto metadata = wire::Metadata::parse(frame->metadata);
    if (!metadata) {
      close();
      return false;
    }
    request.metadata = *std::move(metadata);
    if (request.metadata.remaining)
      request.deadline = wire::deadline_after(clock_.now(), *request.metadata.remaining);
  }
  turn_.store(Turn::handling, std::memory_order_relaxed);
  (*handler)(request, Reply(shared_from_this()));
  if (turn_.exchange(Turn::waiting, std::memory_order_acq_rel) == Turn::answered) return finish();
  is_waiting_ = true;
  line_->pause();
  return false;
}

void Session::answer(net::Bytes frame) {
  answer_ = std::move(frame);
  answered();
}

void Session::hang_up() {
  is_hung_up_ = true;
  answered();
}

void Session::answered() {
  if (turn_.exchange(Turn::answered, std::memory_order_acq_rel) == Turn::handling) return;
  line_->post([self = shared_from_this()] {
    if (!self->is_open_) return;
    self->is_waiting_ = false;
    if (self->finish()) self->line_->resume();
  });
}

bool Session::finish() {
  if (is_hung_up_ || !line_->send(std::exchange(answer_, {}))) {
    close();
    return false;
  }
  return true;
}

void Session::on_drained() {
  if (is_open_ && !is_waiting_) line_->resume();
}

void Session::on_close(Status) {
  is_open_ = false;
}

void Session::close() {
  is_open_ = false;
  line_->close();
}

}  // namespace goakt::remoting
