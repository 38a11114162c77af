#pragma once

#include "goakt/wire/batch.h"
#include "goakt/wire/buffer.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace goakt::remoting {

// A frame of told messages, whole or being filled; kept until the peer has answered, because only
// it knows what was in it.
struct TellFrame {
  wire::Buffer bytes;
  std::size_t messages = 0;
};

// What waits to be told to one node, written into the frames that will be sent. Not thread-safe.
class Outbox {
 public:
  struct Limits {
    std::size_t messages_per_frame = 256;
    std::size_t bytes_per_frame = 256 * 1024;
    std::uint32_t max_frame_size = wire::kLargestMaxFrameSize;
    std::size_t messages = 65'536;
    std::size_t bytes = 32 * 1024 * 1024;
  };

  explicit Outbox(const Limits& limits) : limits_(limits) {}

  // Errors: remote_send_backpressure when it is full, and those of wire::BatchWriter.
  [[nodiscard]] Status add(std::string_view sender, std::string_view receiver,
                           const wire::OutgoingPayload& payload,
                           std::span<const wire::Header> headers);

  // The oldest frame, the one that is being filled if there is no other; null when empty.
  std::shared_ptr<TellFrame> take();
  // One that is needed no more: a later one gets its memory.
  void give_back(std::shared_ptr<TellFrame> frame);

  bool is_empty() const noexcept { return messages_ == 0; }

  // Frames that cannot take more.
  std::size_t whole_frames() const noexcept { return whole_.size(); }

  std::size_t messages() const noexcept { return messages_; }

 private:
  struct Open {
    Open(std::shared_ptr<TellFrame> empty, std::uint32_t max_frame_size)
        : frame(std::move(empty)), writer(frame->bytes, wire::kTellType, max_frame_size) {}

    std::shared_ptr<TellFrame> frame;
    wire::BatchWriter writer;
  };

  static constexpr std::size_t kMostSpare = 8;

  std::shared_ptr<TellFrame> empty_frame();
  void seal();

  const Limits limits_;
  std::optional<Open> open_;
  std::deque<std::shared_ptr<TellFrame>> whole_;
  std::vector<std::shared_ptr<TellFrame>> spare_;
  std::size_t messages_ = 0;
  std::size_t whole_bytes_ = 0;
};

}  // namespace goakt::remoting
