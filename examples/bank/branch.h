#pragma once

#include "account.h"
#include "bank.pb.h"
#include "goakt/actor/system.h"

#include <string>

namespace bank {

// Opens accounts as its children: they stop with it, and `goaktctl tree` shows them below it.
class Branch final : public goakt::Actor {
  goakt::Result<Opened> open(const Open& m, goakt::ReceiveContext& ctx) {
    if (m.count() < 0 || m.count() > 1'000'000)
      return goakt::fail("bank.InvalidCount", "count must be between 0 and 1000000");
    for (int i = 0; i < m.count(); ++i) {
      auto account =
          ctx.spawn<Account>(m.prefix() + std::to_string(i), {.long_lived = true}, m.balance());
      if (!account) return goakt::unexpected(std::move(account).error());
    }
    return goakt::make<Opened>([&](Opened& o) { o.set_accounts(m.count()); });
  }

 public:
  static constexpr auto handles = goakt::handlers(&Branch::open);
};

}  // namespace bank
