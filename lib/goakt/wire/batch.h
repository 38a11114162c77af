#pragma once

#include "goakt/base/export.h"
#include "goakt/base/result.h"
#include "goakt/wire/buffer.h"
#include "goakt/wire/frame.h"
#include "goakt/wire/metadata.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

// The frames that actors' messages travel in: tells and asks, each with many messages for one node,
// and the answers of an ask. All other requests are the classes that protoc makes; these are read
// and written by hand, because they are the hot path: a message is serialized once, where it will
// be sent from, and decoded from where it was received. What may come and what is refused is the
// same as for those classes (a fuzz test compares).
namespace goakt::wire {

class OutgoingPayload;

// One message of a batch: views into the frame.
struct RemoteMessage {
  std::string_view sender;         // address; empty: nobody
  std::string_view receiver;       // address
  std::string_view payload;        // Serializers::decode() reads it
  std::uint32_t first_header = 0;  // Batch::headers_of()
  std::uint32_t header_count = 0;
};

struct Batch {
  std::vector<RemoteMessage> messages;
  std::vector<Header> headers;                      // of all of them
  std::optional<std::chrono::nanoseconds> timeout;  // of an ask; the receiver's default without one

  std::span<const Header> headers_of(const RemoteMessage& message) const {
    return std::span(headers).subspan(message.first_header, message.header_count);
  }

  void clear() {
    messages.clear();
    headers.clear();
    timeout.reset();
  }
};

inline constexpr std::string_view kTellType = "internalpb.RemoteTellRequest";
inline constexpr std::string_view kAskType = "internalpb.RemoteAskRequest";
inline constexpr std::string_view kAskResponseType = "internalpb.RemoteAskResponse";

// Reads the body of such a frame, all of it, before its first message is delivered: a corrupt batch
// has no effect. The batch is emptied first and keeps its memory. Error: invalid_remote_message.
[[nodiscard]] GOAKT_API Status parse_tell(std::string_view body, Batch& into);
[[nodiscard]] GOAKT_API Status parse_ask(std::string_view body, Batch& into);
// The answers' payloads, in the order of the questions.
[[nodiscard]] GOAKT_API Status parse_ask_response(std::string_view body,
                                                  std::vector<std::string_view>& into);

// Writes one batch:
//
//   BatchWriter batch(out, kTellType);
//   while (...) if (!*batch.add(sender, receiver, payload)) break;      full: the next batch's
//   batch.finish()
class GOAKT_API BatchWriter {
 public:
  explicit BatchWriter(Buffer& out, std::string_view type = kTellType,
                       std::uint32_t max_frame_size = kLargestMaxFrameSize)
      : BatchWriter(out, OpenFrame(out, type), max_frame_size) {}

  BatchWriter(Buffer& out, OpenFrame frame, std::uint32_t max_frame_size)
      : out_(&out), frame_(frame), max_frame_size_(max_frame_size) {}

  // False: it does not fit behind the others, and nothing was written. Errors, neither writing
  // anything: invalid_message when it is larger than a frame may be, invalid_argument when an
  // address or header is not UTF-8, which would make the peer close the connection.
  [[nodiscard]] Result<bool> add(std::string_view sender, std::string_view receiver,
                                 const OutgoingPayload& payload,
                                 std::span<const Header> headers = {});

  std::size_t count() const noexcept { return count_; }

  std::size_t size() const noexcept { return frame_.size(); }

  // Ends the frame; the timeout is an ask's.
  [[nodiscard]] Status finish(std::optional<std::chrono::nanoseconds> timeout = std::nullopt);

 private:
  Buffer* out_;
  OpenFrame frame_;
  std::uint32_t max_frame_size_;
  std::size_t count_ = 0;
};

// Appends the answers of an ask, or of as many questions as it had.
[[nodiscard]] GOAKT_API Status
append_ask_response(Buffer& out, std::span<const OutgoingPayload> answers,
                    std::uint32_t max_frame_size = kLargestMaxFrameSize);

}  // namespace goakt::wire
