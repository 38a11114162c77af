#include "goakt/node/event_log.h"

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

std::vector<EventRecord> EventLog::kept() {
  std::lock_guard lock(mutex_);
  // What the queue lost, it lost before what it still holds.
  const std::uint64_t lost = source_->dropped();
  next_id_ += lost - std::exchange(lost_, lost);
  for (const Event& event : source_->drain()) {
    records_.push_back(std::visit(ToRecord{}, event));
    records_.back().id = next_id_++;
  }
  while (records_.size() > kKept) records_.pop_front();
  return {records_.begin(), records_.end()};
}

}  // namespace goakt::node
