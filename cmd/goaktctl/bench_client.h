#pragma once

#include "session.h"

#include <chrono>
#include <cstdint>
#include <string>

namespace goaktctl {

// A measurement from here, over HTTP: what a caller of the admin API sees, not what actors can do.
struct ClientBench {
  bool asks = false;   // else messages are sent
  std::string target;  // whom; empty: an actor of `kind` that lives as long as the measurement
  std::string kind;
  std::string body;                   // of each request
  std::uint64_t messages = 0;         // so many,
  std::chrono::milliseconds time{0};  // or for so long
  std::size_t senders = 4;            // each with a connection of its own
};

// Prints what came out, in the same form as that of a measurement inside the node.
int run_client_bench(Session& session, const ClientBench& wish);

// The figures of a measurement, for people or as their document.
void print_bench(Session& session, const Document& result);

}  // namespace goaktctl
