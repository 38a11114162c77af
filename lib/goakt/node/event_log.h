#pragma once

#include "goakt/actor/event_stream.h"
#include "goakt/base/export.h"

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace goakt::node {

// One event as tools show it.
struct EventRecord {
  std::uint64_t id = 0;
  WallTime time;
  std::string type;   // "actor.suspended", "deadletter"
  std::string actor;  // its path
  std::string reason;
};

// Keeps the last events of a node. Costs the publishers one bounded queue; what it holds is taken
// over only when somebody looks. Any thread.
class GOAKT_API EventLog {
 public:
  static constexpr std::size_t kKept = 8'192;

  explicit EventLog(std::shared_ptr<Subscriber> source) : source_(std::move(source)) {}

  // Newest last. Ids have gaps where events were lost.
  std::vector<EventRecord> kept();

 private:
  std::shared_ptr<Subscriber> source_;
  std::mutex mutex_;  // guards all below
  std::deque<EventRecord> records_;
  std::uint64_t next_id_ = 1;
  std::uint64_t lost_ = 0;
};

}  // namespace goakt::node
