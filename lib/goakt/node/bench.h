#pragma once

#include "goakt/base/export.h"
#include "goakt/base/result.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

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
  std::size_t senders = 4;
  std::size_t in_flight = 256;  // messages waiting at most, for tell
};

// Runs it; the result, a JSON object, goes to the operation. Errors: those of finding or spawning
// the target, and what an ask gives.
[[nodiscard]] GOAKT_API Status run_bench(Node& node, const BenchRequest& request,
                                         Operation& operation);

}  // namespace goakt::node
