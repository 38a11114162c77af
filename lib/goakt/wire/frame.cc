#include "goakt/wire/frame.h"

#include "goakt/wire/big_endian.h"

#include <google/protobuf/message_lite.h>

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

namespace goakt::wire {

namespace {

constexpr std::size_t kPlainHeader = 8;
constexpr std::size_t kMetadataHeader = 12;
constexpr std::size_t kLongestResponseName = 255;

// What is read from a socket at once, and the largest block that an idle connection keeps.
constexpr std::size_t kChunk = 32 * 1024;
constexpr std::size_t kKept = 256 * 1024;

tl::unexpected<Error> corrupt(std::string what) {
  return fail(ErrorCode::invalid_remote_message, "invalid remote message: " + std::move(what));
}

std::uint64_t number_at(std::string_view bytes, std::size_t at) {
  return load_big_endian<std::uint32_t>(bytes.data() + at);
}

// Lengths are added as 64 bits: a name length of 2^32 - 1 must not wrap around.
bool has_metadata_form(std::string_view bytes) {
  return bytes.size() >= kMetadataHeader &&
         kMetadataHeader + number_at(bytes, 4) + number_at(bytes, 8) <= bytes.size();
}

Frame metadata_frame(std::string_view bytes) {
  const std::size_t name_length = number_at(bytes, 4);
  const std::size_t metadata_length = number_at(bytes, 8);
  bytes.remove_prefix(kMetadataHeader);
  return {.type_name = bytes.substr(0, name_length),
          .metadata = bytes.substr(name_length, metadata_length),
          .body = bytes.substr(name_length + metadata_length),
          .has_metadata = true};
}

Result<Frame> plain_frame(std::string_view bytes) {
  const std::size_t name_length = number_at(bytes, 4);
  bytes.remove_prefix(kPlainHeader);
  if (name_length > bytes.size())
    return corrupt("a type name of " + std::to_string(name_length) + " bytes in a frame of " +
                   std::to_string(kPlainHeader + bytes.size()));
  return Frame{.type_name = bytes.substr(0, name_length),
               .metadata = {},
               .body = bytes.substr(name_length),
               .has_metadata = false};
}

bool is_likely_response_name(std::string_view name) {
  return !name.empty() && name.size() <= kLongestResponseName;
}

}  // namespace

Result<Frame> parse_frame(std::string_view bytes, FrameKind kind) {
  if (bytes.size() < kPlainHeader || number_at(bytes, 0) != bytes.size())
    return corrupt("a frame of " + std::to_string(bytes.size()) + " bytes with another length");
  if (!has_metadata_form(bytes)) return plain_frame(bytes);
  const Frame frame = metadata_frame(bytes);
  const bool is_sound = frame.metadata.empty() || Metadata::parse(frame.metadata).has_value();
  if (kind == FrameKind::request) {
    if (!is_sound) return corrupt("the metadata block is corrupt");
    return frame;
  }
  if (is_sound && is_likely_response_name(frame.type_name)) return frame;
  return plain_frame(bytes);
}

OpenFrame::OpenFrame(Buffer& out, std::string_view type_name) : out_(&out), start_(out.size()) {
  char* to = out.extend(kPlainHeader + type_name.size()) + 4;
  to = store_big_endian(to, static_cast<std::uint32_t>(type_name.size()));
  store_bytes(to, type_name.data(), type_name.size());
}

OpenFrame::OpenFrame(Buffer& out, std::string_view type_name, std::string_view metadata_block)
    : out_(&out), start_(out.size()) {
  char* to = out.extend(kMetadataHeader + type_name.size() + metadata_block.size()) + 4;
  to = store_big_endian(to, static_cast<std::uint32_t>(type_name.size()));
  to = store_big_endian(to, static_cast<std::uint32_t>(metadata_block.size()));
  to = store_bytes(to, type_name.data(), type_name.size());
  store_bytes(to, metadata_block.data(), metadata_block.size());
}

Result<OpenFrame> OpenFrame::with_metadata(Buffer& out, std::string_view type_name,
                                           const Metadata& metadata) {
  GOAKT_TRY(const std::size_t size, metadata.size());
  OpenFrame frame(out, type_name, std::string_view());
  store_big_endian(out.data() + frame.start_ + 8, static_cast<std::uint32_t>(size));
  metadata.write(out.extend(size));
  return frame;
}

Status OpenFrame::close(std::uint32_t max_frame_size) {
  const std::size_t total = size();
  if (total > max_frame_size) {
    out_->truncate(start_);
    return unexpected(Error(ErrorCode::invalid_message, "invalid message: a frame of " +
                                                            std::to_string(total) +
                                                            " bytes is larger than the limit of " +
                                                            std::to_string(max_frame_size))
                          .with_hint("send less at once, or reference the data"));
  }
  store_big_endian(out_->data() + start_, static_cast<std::uint32_t>(total));
  return {};
}

Status append_frame(Buffer& out, const google::protobuf::MessageLite& body,
                    const Metadata* metadata, std::uint32_t max_frame_size) {
  const std::string name = body.GetTypeName();
  const std::size_t size = body.ByteSizeLong();
  if (size > static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max()))
    return fail(ErrorCode::invalid_message, "invalid message: " + name + " is larger than 2 GiB");
  const std::size_t before = out.size();
  auto frame = metadata == nullptr ? Result<OpenFrame>(OpenFrame(out, name))
                                   : OpenFrame::with_metadata(out, name, *metadata);
  if (!frame) return unexpected(std::move(frame).error());
  if (frame->size() + size > max_frame_size) {
    // Refused before the room for it is taken.
    const std::size_t total = frame->size() + size;
    out.truncate(before);
    return fail(ErrorCode::invalid_message, "invalid message: a frame of " + std::to_string(total) +
                                                " bytes is larger than the limit of " +
                                                std::to_string(max_frame_size));
  }
  body.SerializeWithCachedSizesToArray(reinterpret_cast<std::uint8_t*>(out.extend(size)));
  return frame->close(max_frame_size);
}

std::span<char> FrameReader::room() {
  if (begin_ == bytes_.size()) {
    begin_ = 0;
    bytes_.clear();
    if (bytes_.capacity() > kKept) bytes_ = Buffer();
  }
  if (bytes_.room().size() < kChunk && begin_ != 0) {
    bytes_.drop_front(begin_);
    begin_ = 0;
  }
  if (bytes_.room().size() < kChunk) bytes_.reserve(bytes_.size() + kChunk);
  return bytes_.room();
}

Result<std::optional<std::string_view>> FrameReader::next() {
  const std::string_view bytes = bytes_.view().substr(begin_);
  if (bytes.size() < 4) return std::nullopt;
  const std::uint64_t total = number_at(bytes, 0);
  if (total < kPlainHeader)
    return corrupt("a frame of " + std::to_string(total) + " bytes, the shortest has 8");
  if (total > max_frame_size_)
    return corrupt("a frame of " + std::to_string(total) + " bytes is larger than the limit of " +
                   std::to_string(max_frame_size_));
  if (bytes.size() < total) return std::nullopt;
  begin_ += total;
  return bytes.substr(0, total);
}

}  // namespace goakt::wire
