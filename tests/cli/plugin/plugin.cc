#include "cli_ping.pb.h"

#include <goakt/actor/messages.h>
#include <goakt/actor/system.h>
#include <goakt/node/plugin.h>

#include <chrono>
#include <thread>

namespace {

class Ponger final : public goakt::Actor {
  goakt::Result<cliping::Pong> ping(const cliping::Ping& message) {
    if (message.text() == "broken") return goakt::fail(goakt::ErrorCode::internal, "broken");
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

// Never done with its first message, and has room for one more.
class Narrow final : public goakt::Actor {
  goakt::Task<> wait(const cliping::Ping&, goakt::ReceiveContext& ctx) {
    static_cast<void>(co_await ctx.sleep(std::chrono::hours(1)));
  }

 public:
  static constexpr auto handles = goakt::handlers(&Narrow::wait);
};

// Fails as one of the runtime's own actors would: the actor system ends.
class Ender final : public goakt::Actor {
  void end(const cliping::Ping& message, goakt::ReceiveContext& ctx) {
    goakt::PanicSignal signal;
    signal.reason = message.text();
    ctx.tell(ctx.system().system_guardian(), std::move(signal));
  }

 public:
  static constexpr auto handles = goakt::handlers(&Ender::end);
};

// What an actor is spawned with.
class Note final : public goakt::Dependency {
 public:
  std::string id() const override { return "note"; }

  std::string type_name() const override { return "ping.Note"; }

  goakt::Result<std::string> marshal() const override { return text; }

  goakt::Status unmarshal(std::string_view bytes) override {
    if (bytes == "torn") return goakt::fail(goakt::ErrorCode::invalid_argument, "the note is torn");
    text = bytes;
    return {};
  }

  std::string text;
};

// Says what is on its note.
class Reader final : public goakt::Actor {
  cliping::Pong read(const cliping::Ping&, goakt::ReceiveContext& context) {
    cliping::Pong pong;
    const auto note = std::dynamic_pointer_cast<Note>(context.dependency("note"));
    pong.set_text(note ? note->text : "no note");
    return pong;
  }

 public:
  static constexpr auto handles = goakt::handlers(&Reader::read);
};

}  // namespace

GOAKT_PLUGIN("ping", plugin) {
  plugin.dependency<Note>();
  plugin.actor<Reader>("ping.reader");
  plugin.actor<Ponger>("ping.ponger");
  plugin.actor<Narrow>("ping.narrow",
                       {.mailbox = goakt::Mailbox::bounded(1, goakt::Overflow::fail)});
  plugin.actor<Stuck>("ping.stuck");
  plugin.actor<Ender>("ping.ender");
}
