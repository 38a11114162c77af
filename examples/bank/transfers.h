#pragma once

#include "bank.pb.h"
#include "goakt/actor/system.h"

#include <chrono>

namespace bank {

// Moves money: takes it from one account and, only when that succeeded, gives it to the other. The
// coroutine waits for the first account without holding a thread.
class Transfers final : public goakt::Actor {
  goakt::Task<goakt::Result<Done>> move(const Move& m, goakt::ReceiveContext& ctx) {
    using namespace std::chrono_literals;
    // Found before any money moves: a typing error in the name must not cost anybody anything.
    auto to = ctx.system().actor_of(m.to());
    if (!to) co_return goakt::unexpected(std::move(to).error());
    auto debit = [&m](Debit& d) { d.set_amount(m.amount()); };
    auto taken = co_await ctx.ask<Done>(m.from(), debit, 2s);
    if (!taken) co_return goakt::unexpected(std::move(taken).error());
    ctx.tell(*to, [&m](Credit& c) { c.set_amount(m.amount()); });
    co_return Done();
  }

 public:
  static constexpr auto handles = goakt::handlers(&Transfers::move);
};

}  // namespace bank
