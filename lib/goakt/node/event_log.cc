#include "goakt/node/event_log.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace goakt::node {

namespace {

struct ToRecord {
  EventRecord operator()(const ActorStarted& e) const {
    return make("actor.started", e, e.started_at);
  }

  EventRecord operator()(const ActorStopped& e) const {
    return make("actor.stopped", e, e.stopped_at);
  }

  EventRecord operator()(const ActorPassivated& e) const {
    return make("actor.passivated", e, e.passivated_at);
  }

  EventRecord operator()(const ActorRestarted& e) const {
    return make("actor.restarted", e, e.restarted_at);
  }

  EventRecord operator()(const ActorReinstated& e) const {
    return make("actor.reinstated", e, e.reinstated_at);
  }

  EventRecord operator()(const ActorChildCreated& e) const {
    return make("actor.child-created", e, e.created_at, "by " + e.parent);
  }

  EventRecord operator()(const ActorSuspended& e) const {
    return make("actor.suspended", e, e.suspended_at, e.reason);
  }

  EventRecord operator()(const ActorWarning& e) const {
    return make("actor.warning", e, e.at, e.reason);
  }

  EventRecord operator()(const NodeJoined& e) const {
    return {0, e.timestamp, "node.joined", e.address, {}};
  }

  EventRecord operator()(const NodeLeft& e) const {
    return {0, e.timestamp, "node.left", e.address, {}};
  }

  EventRecord operator()(const LeaderChanged& e) const {
    return {0, e.timestamp, "node.leader-changed", e.address, {}};
  }

  EventRecord operator()(const RelocationStarted& e) const {
    return {0, e.timestamp, "relocation.started", e.address, {}};
  }

  EventRecord operator()(const RelocationFailed& e) const {
    return {0, e.timestamp, "relocation.failed", e.address, e.error};
  }

  EventRecord operator()(const Deadletter& e) const {
    return {0, e.send_time, "deadletter", e.receiver, e.reason};
  }

 private:
  template <class E>
  static EventRecord make(const char* type, const E& event, WallTime time,
                          std::string reason = {}) {
    return {0, time, type, event.actor_path, std::move(reason)};
  }
};

}  // namespace

void EventLog::append(EventRecord record) {
  record.id = next_id_++;
  records_.push_back(std::move(record));
  if (records_.size() > kKept) records_.pop_front();
}

void EventLog::take_over() {
  // What the queue lost, it lost before what it still holds.
  const std::uint64_t lost = source_->dropped();
  next_id_ += lost - std::exchange(lost_, lost);
  for (const Event& event : source_->drain()) append(std::visit(ToRecord{}, event));
}

void EventLog::add(EventRecord record) {
  {
    std::lock_guard lock(mutex_);
    take_over();
    append(std::move(record));
  }
  arrived_.notify_all();
}

std::vector<EventRecord> EventLog::kept() {
  std::lock_guard lock(mutex_);
  take_over();
  return {records_.begin(), records_.end()};
}

EventLog::Tail EventLog::after(std::uint64_t id, std::size_t most, std::chrono::milliseconds wait) {
  // The source cannot be waited at and left as it is, so one of the readers looks again and again,
  // for all of them.
  constexpr std::chrono::milliseconds kLook{20};
  const auto until = std::chrono::steady_clock::now() + wait;
  std::unique_lock lock(mutex_);
  take_over();
  while (next_id_ <= id + 1) {
    const auto now = std::chrono::steady_clock::now();
    if (now >= until) break;
    const bool looks = !std::exchange(looking_, true);
    arrived_.wait_until(lock, looks ? std::min(until, now + kLook) : until);
    if (!looks) continue;
    looking_ = false;
    const std::uint64_t before = next_id_;
    take_over();
    // To the readers of what has come, or to the one that looks from now on.
    if (next_id_ != before || std::chrono::steady_clock::now() >= until || next_id_ > id + 1)
      arrived_.notify_all();
  }
  Tail tail;
  if (records_.empty()) return tail;
  std::uint64_t expected = id + 1;
  const auto first =
      std::lower_bound(records_.begin(), records_.end(), expected,
                       [](const EventRecord& r, std::uint64_t i) { return r.id < i; });
  for (auto it = first; it != records_.end() && tail.events.size() < most; ++it) {
    // Only what lies before the first one: a loss further on is told with the next call.
    if (it->id != expected) {
      if (!tail.events.empty()) break;
      tail.missed = it->id - expected;
    }
    tail.events.push_back(*it);
    expected = it->id + 1;
  }
  return tail;
}

std::uint64_t EventLog::last_id() {
  std::lock_guard lock(mutex_);
  take_over();
  return next_id_ - 1;
}

std::string EventLog::id_text(std::uint64_t id) const {
  std::string number = std::to_string(id);
  if (number.size() < 9) number.insert(0, 9 - number.size(), '0');
  return origin_ + "-" + number;
}

std::optional<std::uint64_t> EventLog::parse_id(std::string_view text) const {
  const auto dash = text.rfind('-');
  if (dash == std::string_view::npos || text.substr(0, dash) != origin_) return std::nullopt;
  std::uint64_t id = 0;
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data() + dash + 1, end, id);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return id;
}

}  // namespace goakt::node
