#pragma once

#include "goakt/base/export.h"
#include "goakt/base/random.h"

#include <chrono>
#include <string>

namespace goakt {

// A ULID: 26 characters, 48 bits of milliseconds and 80 random bits, so that ids made later sort
// later. For requests, idempotency keys and operations; no secret.
GOAKT_API std::string make_ulid(std::chrono::system_clock::time_point now, Rng& rng);

inline std::string make_ulid() {
  return make_ulid(std::chrono::system_clock::now(), Rng::local());
}

}  // namespace goakt
