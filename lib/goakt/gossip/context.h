#pragma once

#include "goakt/base/clock.h"
#include "goakt/base/random.h"
#include "goakt/gossip/awareness.h"
#include "goakt/gossip/cipher.h"
#include "goakt/gossip/config.h"
#include "goakt/gossip/delegate.h"
#include "goakt/gossip/outputs.h"
#include "goakt/gossip/timers.h"

#include <array>
#include <cstdint>
#include <functional>

namespace goakt::gossip {

// Nonces must never repeat under a key. Apart from the random choices, so that keys do not change
// what a seed does.
using NonceSource = std::function<Nonce()>;

struct Counters {
  std::uint64_t packets_in = 0;
  std::uint64_t packets_out = 0;
  std::array<std::uint64_t, 11> drops{};  // by Drop
  std::uint64_t refused_streams = 0;
  std::uint64_t refused_relays = 0;
  std::uint64_t refused_members = 0;
  std::uint64_t probes = 0;
  std::uint64_t probes_failed = 0;
  // Of others, whoever raised them first.
  std::uint64_t suspicions = 0;

  void drop(Drop why) { ++drops[static_cast<std::size_t>(why)]; }
};

// What the parts of one core share.
struct Context {
  Context(Config c, Delegate& d, NonceSource n, std::uint64_t seed)
      : config(std::move(c)),
        delegate(d),
        nonce(std::move(n)),
        random(seed),
        health(config.awareness_max_multiplier) {
    config.sealing.protocol = config.versions.protocol;
  }

  std::uint64_t next_id() { return ++last_id; }

  std::uint32_t next_seq() { return ++last_seq; }

  Nonce fresh_nonce() { return config.sealing.encrypts() ? nonce() : Nonce{}; }

  void emit(Output output) { outputs.push_back(std::move(output)); }

  Config config;
  Delegate& delegate;
  NonceSource nonce;
  Rng random;
  Awareness health;
  Timers timers;
  Outputs outputs;
  Counters counters;
  // The time of the input being handled.
  TimePoint now{};
  std::uint64_t last_id = 0;
  std::uint32_t last_seq = 0;
};

}  // namespace goakt::gossip
