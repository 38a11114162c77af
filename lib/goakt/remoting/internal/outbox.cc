#include "goakt/remoting/internal/outbox.h"

#include "goakt/wire/payload.h"

#include <utility>

namespace goakt::remoting {

Status Outbox::add(std::string_view sender, std::string_view receiver,
                   const wire::OutgoingPayload& payload, std::span<const wire::Header> headers) {
  if (messages_ >= limits_.messages || whole_bytes_ + payload.size() > limits_.bytes)
    return fail(ErrorCode::remote_send_backpressure);
  for (;;) {
    const bool is_new = !open_;
    if (is_new) open_.emplace(empty_frame(), limits_.max_frame_size);
    auto fits = open_->writer.add(sender, receiver, payload, headers);
    if (!fits) {
      if (is_new) open_.reset();
      return unexpected(std::move(fits).error());
    }
    if (*fits) break;
    seal();
  }
  ++messages_;
  if (open_->writer.count() >= limits_.messages_per_frame ||
      open_->writer.size() >= limits_.bytes_per_frame)
    seal();
  return {};
}

void Outbox::seal() {
  // Cannot fail: add() has seen to it that the frame is not too large.
  static_cast<void>(open_->writer.finish());
  open_->frame->messages = open_->writer.count();
  whole_bytes_ += open_->frame->bytes.size();
  whole_.push_back(std::move(open_->frame));
  open_.reset();
}

std::shared_ptr<TellFrame> Outbox::empty_frame() {
  if (spare_.empty()) return std::make_shared<TellFrame>();
  auto frame = std::move(spare_.back());
  spare_.pop_back();
  return frame;
}

void Outbox::give_back(std::shared_ptr<TellFrame> frame) {
  if (frame.use_count() != 1 || spare_.size() >= kMostSpare ||
      frame->bytes.capacity() > 2 * limits_.bytes_per_frame)
    return;
  frame->bytes.clear();
  frame->messages = 0;
  spare_.push_back(std::move(frame));
}

std::shared_ptr<TellFrame> Outbox::take() {
  if (whole_.empty()) {
    if (!open_) return nullptr;
    seal();
  }
  auto frame = std::move(whole_.front());
  whole_.pop_front();
  whole_bytes_ -= frame->bytes.size();
  messages_ -= frame->messages;
  return frame;
}

}  // namespace goakt::remoting
