#pragma once

#include "goakt/base/clock.h"

#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <utility>

namespace goakt::gossip {

// When something is due, and which of those that are due together was armed first.
struct TimerId {
  TimePoint due{};
  std::uint64_t order = 0;

  auto operator<=>(const TimerId&) const = default;
};

// All timers of one core. The shell needs a single one of its own, for next().
class Timers {
 public:
  using Action = std::function<void()>;

  TimerId at(TimePoint due, Action action) {
    const TimerId id{due, ++armed_};
    pending_.emplace(id, std::move(action));
    return id;
  }

  // Of one that has fired or was cancelled: nothing.
  void cancel(TimerId id) { pending_.erase(id); }

  void clear() { pending_.clear(); }

  std::optional<TimePoint> next() const {
    if (pending_.empty()) return std::nullopt;
    return pending_.begin()->first.due;
  }

  // Takes out the first that is due; empty if there is none.
  Action take_due(TimePoint now) {
    if (pending_.empty() || pending_.begin()->first.due > now) return {};
    return pending_.extract(pending_.begin()).mapped();
  }

 private:
  std::map<TimerId, Action> pending_;
  std::uint64_t armed_ = 0;
};

}  // namespace goakt::gossip
