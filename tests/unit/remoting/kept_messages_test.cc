#include "goakt/message/envelope.h"
#include "goakt/message/pool.h"
#include "tests/unit/remoting/support.h"

#include <thread>
#include <vector>

using namespace goakt;
using namespace goakt::remoting;

namespace {

// Not under AddressSanitizer, where every message has memory of its own.
bool are_kept() {
  return message_type<StringValue>().kept != MessageType::kNotKept;
}

}  // namespace

TEST_CASE("a used protobuf message is as good as new when it is used again") {
  if (!are_kept()) return;
  const void* used;
  {
    Message message = Message::of(words(std::string(200, 'x')));
    message.get()->origin = 1;
    used = message.value();
  }
  const Message again = Message::make<StringValue>();
  REQUIRE(again.value() == used);
  CHECK(again.get()->origin == 0);
  CHECK(again.as<StringValue>()->value().empty());
  CHECK(again.as<StringValue>()->value().capacity() >= 200);
}

TEST_CASE("memory of large messages is not kept") {
  { const Message large = Message::of(words(std::string(100'000, 'x'))); }
  const Message next = Message::make<StringValue>();
  CHECK(next.as<StringValue>()->value().capacity() < 100'000);
}

TEST_CASE("messages that are made on one thread and used up on another are all given back") {
  constexpr std::size_t kMessages = 20'000;  // many boxes: more than are kept
  const std::int64_t before = pool::live_envelopes();
  for (int round = 0; round < 3; ++round) {
    std::vector<Message> messages;
    std::thread([&] {
      for (std::size_t i = 0; i < kMessages; ++i) {
        Message message = Message::make<StringValue>();
        REQUIRE(message.as<StringValue>()->value().empty());
        static_cast<StringValue*>(message.mutable_value())->set_value(std::to_string(i));
        messages.push_back(std::move(message));
      }
    }).join();
    CHECK(pool::live_envelopes() == before + static_cast<std::int64_t>(kMessages));
    std::thread([&] { messages.clear(); }).join();
    CHECK(pool::live_envelopes() == before);
  }
}
