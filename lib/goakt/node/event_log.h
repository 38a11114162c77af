#pragma once

#include "goakt/actor/event_stream.h"
#include "goakt/base/export.h"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace goakt::node {

// One event as tools show it.
struct EventRecord {
  std::uint64_t id = 0;
  WallTime time;
  std::string type;   // "actor.suspended", "deadletter"
  std::string actor;  // its path
  std::string reason;
  std::string data{};  // more, as a JSON object
};

// Keeps the last events of a node and lets readers follow them. Costs the publishers one bounded
// queue; what it holds is taken over only when somebody looks, by the thread that looks. Any
// thread.
class GOAKT_API EventLog {
 public:
  static constexpr std::size_t kKept = 8'192;

  // `origin` tells this run of the node from all others: "3f2a91".
  EventLog(std::shared_ptr<Subscriber> source, std::string origin)
      : source_(std::move(source)), origin_(std::move(origin)) {}

  // An event that is not the runtime's: "operation.changed", "config.reloaded".
  void add(EventRecord record);

  // Newest last. Ids have gaps where events were lost.
  std::vector<EventRecord> kept();

  struct Tail {
    std::vector<EventRecord> events;
    std::uint64_t missed = 0;  // lost before the first of them
  };

  // Up to `most` events after that id, oldest first; waits for the first one.
  Tail after(std::uint64_t id, std::size_t most, std::chrono::milliseconds wait);
  std::uint64_t last_id();

  // "3f2a91-000184467", as readers name an event to go on behind it.
  std::string id_text(std::uint64_t id) const;
  // Nothing when the text is of another run or no id at all.
  std::optional<std::uint64_t> parse_id(std::string_view text) const;

 private:
  // All with mutex_ held.
  void take_over();
  void append(EventRecord record);

  const std::shared_ptr<Subscriber> source_;
  const std::string origin_;
  std::mutex mutex_;  // guards all below
  std::condition_variable arrived_;
  std::deque<EventRecord> records_;
  std::uint64_t next_id_ = 1;
  std::uint64_t lost_ = 0;
  bool looking_ = false;  // one of the waiting readers looks at the source
};

}  // namespace goakt::node
