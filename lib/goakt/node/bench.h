#pragma once

#include "goakt/base/export.h"
#include "goakt/base/result.h"
#include "goakt/message/envelope.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace goakt {
struct Kind;
}

namespace goakt::node {

class Node;
class Operation;

// A measurement inside the node: what its actors do when nothing but them is in the way.
struct BenchRequest {
  enum class Type : std::uint8_t { tell, ask, spawn };

  Type type = Type::tell;
  std::string target;  // an actor, or
  std::string kind;    // a kind to spawn one of; neither: an actor made for this
  std::uint64_t messages = 100'000;
  std::optional<std::chrono::milliseconds> time;  // instead of a number of messages
  std::size_t size = 64;                          // bytes in each message
  std::shared_ptr<const Message> message;         // what is sent instead of `size` bytes
  std::size_t senders = 4;
  std::size_t in_flight = 256;  // messages waiting at most, for tell
};

// So many bytes in a message that actors of that kind take; null: an actor made for this, or one
// of no kind. Error: invalid_message when they take no message that has only bytes in it.
[[nodiscard]] GOAKT_API Result<Message> bench_message(const Kind* kind, std::size_t size);

// Runs it; the result, a JSON object, goes to the operation. Errors: those of finding or spawning
// the target, unhandled, and what an ask gives.
[[nodiscard]] GOAKT_API Status run_bench(Node& node, const BenchRequest& request,
                                         Operation& operation);

}  // namespace goakt::node
