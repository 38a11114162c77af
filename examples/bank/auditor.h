#pragma once

#include "bank.pb.h"
#include "goakt/actor/system.h"

#include <chrono>
#include <cstdint>

namespace bank {

// Adds up all accounts of the branch named "branch": every second by itself, and when asked. While
// transfers are under way a sum may miss what is between two accounts; when they have ended it is
// exact.
class Auditor final : public goakt::Actor {
  void begin(const goakt::PostStart&, goakt::ReceiveContext& ctx) {
    auto scheduled = ctx.system().schedule(ctx.self(), Audit(), std::chrono::seconds(1));
    if (!scheduled) ctx.err(std::move(scheduled).error());
  }

  goakt::Task<goakt::Result<Report>> audit(const Audit&, goakt::ReceiveContext& ctx) {
    using namespace std::chrono_literals;
    auto branch = ctx.system().actor_of("branch");
    if (!branch) co_return goakt::unexpected(std::move(branch).error());
    std::int64_t total = 0;
    int accounts = 0;
    GetBalance question;
    for (const goakt::Pid& account : branch->children()) {
      auto balance = co_await ctx.ask<Balance>(account, question, 2s);
      if (!balance) co_return goakt::unexpected(std::move(balance).error());
      total += balance->amount();
      ++accounts;
    }
    ++audits_;
    Report report;
    report.set_branch("branch");
    report.set_accounts(accounts);
    report.set_total(total);
    report.set_audits(audits_);
    co_return report;
  }

  int audits_ = 0;

 public:
  static constexpr auto handles = goakt::handlers(&Auditor::begin, &Auditor::audit);
};

}  // namespace bank
