// A stream of frames, cut at any place: what comes out are whole frames within the limit, and what
// is read as a frame writes to the same bytes. A batch is read as protobuf's own class reads it.

#include "goakt/wire/batch.h"
#include "goakt/wire/durations.h"
#include "goakt/wire/frame.h"
#include "goakt/wire/payload.h"
#include "goakt/wire/remote_error.h"

#include <google/protobuf/stubs/logging.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <internal/remoting.pb.h>
#include <string>
#include <string_view>

using namespace goakt::wire;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

bool is_same(const RemoteMessage& ours, std::span<const Header> headers,
             const internalpb::RemoteMessage& theirs) {
  if (ours.sender != theirs.sender() || ours.receiver != theirs.receiver() ||
      ours.payload != theirs.message())
    return false;
  for (const auto& [key, value] : theirs.metadata()) {
    // The same key again replaces the one before; other letter case is another key there.
    const auto found = std::find_if(headers.rbegin(), headers.rend(),
                                    [&k = key](const Header& header) { return header.key == k; });
    if (found == headers.rend() || found->value != value) return false;
  }
  return true;
}

template <class Request>
void check_batch(std::string_view body, bool is_ask) {
  Batch batch;
  const bool is_read = (is_ask ? parse_ask(body, batch) : parse_tell(body, batch)).has_value();
  Request request;
  const bool is_sound = request.ParseFromArray(body.data(), static_cast<int>(body.size()));
  // A body of more entries than real ones have is refused here alone; inputs here are shorter.
  require(is_read == is_sound);
  if (!is_read) return;
  require(batch.messages.size() == static_cast<std::size_t>(request.remote_messages_size()));
  for (std::size_t i = 0; i < batch.messages.size(); ++i)
    require(is_same(batch.messages[i], batch.headers_of(batch.messages[i]),
                    request.remote_messages(static_cast<int>(i))));
  if constexpr (requires { request.timeout(); }) {
    require(batch.timeout.has_value() == request.has_timeout());
    if (batch.timeout) require(*batch.timeout == to_nanoseconds(request.timeout()));
  }

  Buffer out;
  BatchWriter writer(out, is_ask ? kAskType : kTellType);
  for (const RemoteMessage& message : batch.messages)
    require(*writer.add(message.sender, message.receiver,
                        OutgoingPayload::raw_view(message.payload), batch.headers_of(message)));
  require(writer.finish(batch.timeout).has_value());
  const auto frame = parse_frame(out.view(), FrameKind::request);
  require(frame.has_value());
  Batch again;
  require((is_ask ? parse_ask(frame->body, again) : parse_tell(frame->body, again)).has_value());
  require(again.messages.size() == batch.messages.size() && again.timeout == batch.timeout);
}

void check_frame(std::string_view bytes, FrameKind kind) {
  const auto frame = parse_frame(bytes, kind);
  if (!frame) {
    require(!frame.error().message().empty());
    return;
  }
  Buffer out;
  OpenFrame open = frame->has_metadata ? OpenFrame(out, frame->type_name, frame->metadata)
                                       : OpenFrame(out, frame->type_name);
  out.append(frame->body);
  require(open.close().has_value());
  require(out.view() == bytes);
  if (frame->type_name == kTellType)
    check_batch<internalpb::RemoteTellRequest>(frame->body, false);
  else if (frame->type_name == kAskType)
    check_batch<internalpb::RemoteAskRequest>(frame->body, true);
  else if (frame->type_name == kErrorType)
    static_cast<void>(parse_error(frame->body));
}

// The rest of the bytes in pieces whose lengths they name themselves.
void check_stream(std::string_view bytes) {
  FrameReader reader(kSmallestMaxFrameSize);
  while (!bytes.empty()) {
    const auto room = reader.room();
    const std::size_t piece = 1 + static_cast<unsigned char>(bytes.front()) % 64;
    const std::size_t count = std::min({piece, room.size(), bytes.size()});
    std::memcpy(room.data(), bytes.data(), count);
    reader.commit(count);
    bytes.remove_prefix(count);
    for (;;) {
      const auto next = reader.next();
      if (!next) return;
      if (!*next) break;
      require((*next)->size() <= kSmallestMaxFrameSize);
      check_frame(**next, FrameKind::request);
      check_frame(**next, FrameKind::response);
    }
    require(reader.capacity() <= 8 * std::size_t{kSmallestMaxFrameSize});
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto silence = google::protobuf::SetLogHandler(nullptr);
  static_cast<void>(silence);
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  check_stream(bytes);
  check_frame(bytes, FrameKind::request);
  // The same as a body, so that the batch is reached without a sound frame around it.
  check_batch<internalpb::RemoteTellRequest>(bytes, false);
  check_batch<internalpb::RemoteAskRequest>(bytes, true);
  return 0;
}
