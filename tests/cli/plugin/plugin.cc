#include "cli_ping.pb.h"

#include <goakt/node/plugin.h>

#include <chrono>
#include <thread>

namespace {

class Ponger final : public goakt::Actor {
  goakt::Result<cliping::Pong> ping(const cliping::Ping& message) {
    if (message.count() < 0) return goakt::fail("cliping.Negative", "count is negative");
    cliping::Pong pong;
    for (int i = 0; i < message.count(); ++i) pong.mutable_text()->append(message.text());
    return pong;
  }

 public:
  static constexpr auto handles = goakt::handlers(&Ponger::ping);
};

// Keeps its thread: what a node does that cannot stop an actor.
class Stuck final : public goakt::Actor {
  void stick(const cliping::Ping&) { std::this_thread::sleep_for(std::chrono::hours(1)); }

 public:
  static constexpr auto handles = goakt::handlers(&Stuck::stick);
};

}  // namespace

GOAKT_PLUGIN("ping", plugin) {
  plugin.actor<Ponger>("ping.ponger");
  plugin.actor<Stuck>("ping.stuck");
}
