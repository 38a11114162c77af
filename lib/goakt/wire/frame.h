#pragma once

#include "goakt/base/export.h"
#include "goakt/base/result.h"
#include "goakt/wire/buffer.h"
#include "goakt/wire/metadata.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace google::protobuf {
class MessageLite;
}

// Frames, the unit of a remoting connection: a request or its answer.
//
//   plain:    u32 total | u32 name length |                       name | body
//   metadata: u32 total | u32 name length | u32 metadata length | name | metadata | body
//
// `total` counts the whole frame. Which of the two it is no byte says: a frame whose three lengths
// fit into it is read as a metadata frame. For a plain frame of at most 16 MiB that never happens,
// as the first letters of its name would have to be a length. Requests come in either form, answers
// in the plain one.
namespace goakt::wire {

inline constexpr std::uint32_t kSmallestMaxFrameSize = 16 * 1024;
inline constexpr std::uint32_t kLargestMaxFrameSize = 16 * 1024 * 1024;  // and the default

// Views into the bytes that it was read from.
struct Frame {
  std::string_view type_name;  // protobuf full name
  std::string_view metadata;   // Metadata::parse() reads it; empty: there is none
  std::string_view body;
  bool has_metadata = false;  // the form, also when the block is empty

  friend bool operator==(const Frame&, const Frame&) = default;
};

// Servers close at a metadata frame whose metadata is corrupt; clients then read it as plain.
enum class FrameKind : std::uint8_t { request, response };

// Reads one whole frame. Error: invalid_remote_message; the connection is to be closed.
[[nodiscard]] GOAKT_API Result<Frame> parse_frame(std::string_view bytes, FrameKind kind);

// Writes a frame whose body is written behind it piece by piece:
//
//   OpenFrame frame(out, name);
//   ...append to out...
//   frame.close(limit)
class GOAKT_API OpenFrame {
 public:
  // A plain frame.
  OpenFrame(Buffer& out, std::string_view type_name);
  // A metadata frame with that block as it is, be it empty.
  OpenFrame(Buffer& out, std::string_view type_name, std::string_view metadata_block);
  // A metadata frame. Error: invalid_argument when the block cannot hold it; nothing was written.
  [[nodiscard]] static Result<OpenFrame> with_metadata(Buffer& out, std::string_view type_name,
                                                       const Metadata& metadata);

  // So far, header included.
  std::size_t size() const noexcept { return out_->size() - start_; }

  // Fills in the length. Error: invalid_message when the frame is larger than the limit; it has
  // then been taken back.
  [[nodiscard]] Status close(std::uint32_t max_frame_size = kLargestMaxFrameSize);

 private:
  Buffer* out_;
  std::size_t start_;
};

// Appends a frame with that body; with metadata when it is given. Errors: as above, and
// invalid_message for a message that does not serialize.
[[nodiscard]] GOAKT_API Status append_frame(Buffer& out, const google::protobuf::MessageLite& body,
                                            const Metadata* metadata = nullptr,
                                            std::uint32_t max_frame_size = kLargestMaxFrameSize);

// Cuts a stream of bytes into frames, as they come:
//
//   const auto room = reader.room();               read from the socket straight into it
//   reader.commit(count);
//   while (auto frame = *reader.next()) ...        after checking for an error
//
// A length alone takes no memory: the block grows with the bytes that have come, and a large one is
// given back when it was used up. One per connection, not thread-safe.
class GOAKT_API FrameReader {
 public:
  explicit FrameReader(std::uint32_t max_frame_size = kLargestMaxFrameSize)
      : max_frame_size_(max_frame_size) {}

  // Where to read to, never empty. Invalidates the views of earlier frames.
  std::span<char> room();

  void commit(std::size_t count) noexcept { bytes_.commit(count); }

  // The next whole frame's bytes, valid until room(); none: more have to come. An error
  // (invalid_remote_message) stays: no frame behind it can be found.
  [[nodiscard]] Result<std::optional<std::string_view>> next();

  // Bytes that have come and are no whole frame yet; not zero at the stream's end: it was cut.
  std::size_t pending() const noexcept { return bytes_.size() - begin_; }

  std::size_t capacity() const noexcept { return bytes_.capacity(); }

 private:
  std::uint32_t max_frame_size_;
  Buffer bytes_;
  std::size_t begin_ = 0;  // what lies before has been handed out
};

}  // namespace goakt::wire
