#pragma once

#include "bank.pb.h"
#include "goakt/actor/system.h"

#include <stdexcept>

namespace bank {

// Fails when told to. Its supervision restarts it; what it counted so far stays, because a
// supervised restart keeps the object.
class Crasher final : public goakt::Actor {
  void crash(const Crash& m) {
    ++crashes_;
    throw std::runtime_error(m.reason().empty() ? "told to crash" : m.reason());
  }

  Crashes survived(const GetCrashes&) const {
    return goakt::make<Crashes>([&](Crashes& c) { c.set_survived(crashes_); });
  }

  int crashes_ = 0;

 public:
  static constexpr auto handles = goakt::handlers(&Crasher::crash, &Crasher::survived);
};

}  // namespace bank
