// Malformed and odd inputs, answered as a real server did: a reply, silence while it waits for more
// bytes, or a closed connection.

#include "goakt/wire/frame.h"
#include "tests/golden/golden.h"
#include "tests/golden/remoting_messages.h"

#include <doctest/doctest.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <cstring>

using namespace goakt;
using namespace goakt::wire;
using golden::text;
using nlohmann::json;

namespace {

struct Outcome {
  int replies = 0;
  bool is_closed = false;
};

// What a server with the handlers of remoting makes of it: any failure closes without a byte.
bool is_answered(std::string_view bytes) {
  const auto frame = parse_frame(bytes, FrameKind::request);
  if (!frame) return false;
  const std::string name(frame->type_name);
  const auto message = golden::new_message(name);
  if (message == nullptr) return false;
  const bool has_handler = name.starts_with("internalpb.") && name.ends_with("Request");
  return has_handler &&
         message->ParseFromArray(frame->body.data(), static_cast<int>(frame->body.size()));
}

Outcome serve(std::string_view sent) {
  FrameReader reader;
  Outcome outcome;
  while (!outcome.is_closed) {
    const auto next = reader.next();
    if (next && *next) {
      if (is_answered(**next))
        ++outcome.replies;
      else
        outcome.is_closed = true;
    } else if (!next) {
      outcome.is_closed = true;
    } else if (sent.empty()) {
      return outcome;
    } else {
      const auto room = reader.room();
      const std::size_t count = std::min(room.size(), sent.size());
      std::memcpy(room.data(), sent.data(), count);
      reader.commit(count);
      sent.remove_prefix(count);
    }
  }
  return outcome;
}

}  // namespace

TEST_CASE("malformed input has the recorded outcome") {
  golden::Count count("remoting/malformed.jsonl");
  for (const json& vector : golden::load("remoting", "malformed.jsonl")) {
    const std::string name = text(vector, "name");
    CAPTURE(name);
    if (name.find("_to_") != std::string::npos) {
      count.add("of-compression-skipped");  // remoting_compression_test.cc
      continue;
    }
    const Outcome outcome = serve(golden::from_hex(text(vector, "sent_hex")));
    const std::string after = text(vector, "connection_after");
    CHECK(outcome.replies == vector.value("replies", 0));
    CHECK(outcome.is_closed == after.starts_with("closed"));
    count.add(outcome.is_closed ? "closed" : outcome.replies > 0 ? "answered" : "waiting");
  }
  if (count.of("closed") + count.of("answered") == 0) MESSAGE("no vectors of malformed input");
}
