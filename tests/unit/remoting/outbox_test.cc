#include "goakt/remoting/internal/outbox.h"

#include "tests/unit/remoting/support.h"

using namespace goakt;
using namespace goakt::remoting;

namespace {

constexpr const char* kTo = "goakt://sys@127.0.0.1:9002/to";

wire::OutgoingPayload payload(std::size_t size) {
  return wire::OutgoingPayload::raw(std::string(size, 'x'));
}

// The sizes of the payloads in the next frame, "1 2 3".
std::string next(Outbox& outbox) {
  const auto frame = outbox.take();
  if (!frame) return "nothing";
  const auto parsed = wire::parse_frame(frame->bytes.view(), wire::FrameKind::request);
  REQUIRE(parsed);
  wire::Batch batch;
  REQUIRE(wire::parse_tell(parsed->body, batch));
  CHECK(batch.messages.size() == frame->messages);
  std::string sizes;
  for (const auto& message : batch.messages)
    sizes += (sizes.empty() ? "" : " ") + std::to_string(message.payload.size());
  return sizes;
}

}  // namespace

TEST_CASE("messages fill one frame up to its number, then the next") {
  Outbox outbox({.messages_per_frame = 2});
  for (std::size_t size : {1, 2, 3}) CHECK(outbox.add("", kTo, payload(size), {}));
  CHECK(outbox.messages() == 3);
  CHECK(next(outbox) == "1 2");
  CHECK(next(outbox) == "3");
  CHECK(next(outbox) == "nothing");
  CHECK(outbox.is_empty());
}

TEST_CASE("a message that does not fit behind the others begins a new frame") {
  Outbox outbox({.bytes_per_frame = 1000, .max_frame_size = 1000});
  CHECK(outbox.add("", kTo, payload(500), {}));
  CHECK(outbox.add("", kTo, payload(600), {}));
  CHECK(next(outbox) == "500");
  CHECK(next(outbox) == "600");
}

TEST_CASE("a message larger than a frame may be is refused, and the others go on") {
  Outbox outbox({.max_frame_size = 1000});
  const Status refused = outbox.add("", kTo, payload(1000), {});
  REQUIRE(!refused);
  CHECK(refused.error().is(ErrorCode::invalid_message));
  CHECK(outbox.add("", kTo, payload(1), {}));
  CHECK(next(outbox) == "1");
}

TEST_CASE("a full outbox refuses until some of it was sent") {
  Outbox outbox({.messages_per_frame = 1, .messages = 2});
  CHECK(outbox.add("", kTo, payload(1), {}));
  CHECK(outbox.add("", kTo, payload(2), {}));
  const Status refused = outbox.add("", kTo, payload(3), {});
  REQUIRE(!refused);
  CHECK(refused.error().code() == ErrorCode::remote_send_backpressure);
  CHECK(next(outbox) == "1");
  CHECK(outbox.add("", kTo, payload(3), {}));
}

TEST_CASE("an outbox is full by its bytes, too") {
  Outbox outbox({.messages_per_frame = 1, .bytes = 1000});
  CHECK(outbox.add("", kTo, payload(800), {}));
  CHECK_FALSE(outbox.add("", kTo, payload(800), {}));
}
