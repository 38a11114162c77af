#pragma once

#include <cstdint>

namespace goakt {

// Whether an actor handles other messages while it waits for a reply (GoAkt's reentrancy package).
enum class ReentrancyMode : std::uint8_t {
  off = 0,                  // ctx.request is refused
  allow_all = 1,            // other messages run meanwhile
  stash_non_reentrant = 2,  // user messages wait, in order
};

// Coroutine handlers wait with stash_non_reentrant unless their actor says allow_all.
struct Reentrancy {
  ReentrancyMode mode = ReentrancyMode::off;
  int max_in_flight = 0;  // <= 0: no limit
};

}  // namespace goakt
