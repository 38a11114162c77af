#pragma once

#include "goakt/actor/receive_context.h"

namespace goakt::internal {

// The runtime's side of ReceiveContext.
struct ReceiveAccess {
  enum Outcome : std::uint8_t {
    kTaken = 1,  // the envelope has another owner now: stash, coroutine
    kAnswered = 2,
    kForward = 4,
  };

  static ReceiveContext make(const Pid& self) { return ReceiveContext(self); }

  static void enter(ReceiveContext& ctx, const Pid& self) { ctx.self_ = self; }

  static Envelope*& envelope(ReceiveContext& ctx) { return ctx.envelope_; }

  static std::uint8_t& outcome(ReceiveContext& ctx) { return ctx.outcome_; }

  static std::unique_ptr<Error>& error(ReceiveContext& ctx) { return ctx.error_; }

  static std::unique_ptr<Error>& refusal(ReceiveContext& ctx) { return ctx.refusal_; }

  static AsyncReceive*& async(ReceiveContext& ctx) { return ctx.async_; }

  static Pid& answered(ReceiveContext& ctx) { return ctx.answered_; }

  static Pid& forward_to(ReceiveContext& ctx) { return ctx.forward_to_; }

  // For a coroutine handler: everything moves, the runner's context keeps nothing.
  static ReceiveContext detach(ReceiveContext& ctx) {
    ReceiveContext kept(std::move(ctx));
    ctx.envelope_ = nullptr;
    ctx.outcome_ |= kTaken;
    return kept;
  }

  static Status send(ReceiveContext& ctx, const Pid& to, Envelope* message) {
    return ctx.send(to, message);
  }
};

}  // namespace goakt::internal
