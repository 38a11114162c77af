#pragma once

#include "bank.pb.h"
#include "goakt/actor/system.h"

#include <cstdint>

namespace bank {

// One account. Refuses to be overdrawn; a frozen one answers questions only.
class Account final : public goakt::Actor {
  void credit(const Credit& m) { balance_ += m.amount(); }

  goakt::Result<Done> debit(const Debit& m) {
    if (m.amount() > balance_) return goakt::fail("bank.Overdrawn", "not enough money");
    balance_ -= m.amount();
    return Done();
  }

  Balance balance(const GetBalance&) const {
    return goakt::make<Balance>([&](Balance& b) { b.set_amount(balance_); });
  }

  Done freeze(const Freeze&, goakt::ReceiveContext& ctx) {
    ctx.become(frozen);
    return Done();
  }

  Done thaw(const Thaw&, goakt::ReceiveContext& ctx) {
    ctx.become(handles);
    return Done();
  }

  std::int64_t balance_;

 public:
  explicit Account(std::int64_t balance = 0) : balance_(balance) {}

  static constexpr auto handles =
      goakt::handlers(&Account::credit, &Account::debit, &Account::balance, &Account::freeze);
  static constexpr auto frozen = goakt::handlers(&Account::balance, &Account::thaw);
};

}  // namespace bank
