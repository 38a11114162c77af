#include "cli_ping.pb.h"

#include <goakt/node/plugin.h>

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

}  // namespace

GOAKT_PLUGIN("ping", plugin) {
  plugin.actor<Ponger>("ping.ponger");
}
