#pragma once

#include "goakt/remoting/internal/local_node.h"
#include "goakt/wire/batch.h"

#include <memory>
#include <optional>
#include <string>

namespace goakt::remoting {

// The questions of one request.
struct Asks {
  std::unique_ptr<std::string> body;  // what the batch has views into
  wire::Batch batch;
  ContextRef context;
  std::optional<TimePoint> deadline;
};

// Asks one after the other, each for its whole timeout, and replies with all answers or the first
// failure. Returns at once; goes on where answers come from.
void run_asks(LocalNode& node, Asks asks, Reply reply);

}  // namespace goakt::remoting
