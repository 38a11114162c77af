#pragma once

#include "goakt/gossip/node.h"
#include "tests/simulation/world.h"

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace sim::membership {

namespace gossip = goakt::gossip;

std::string name_of(MachineId id);
gossip::Endpoint endpoint_of(MachineId id);

// What a member tells its user, and what it sent, in order.
struct Observed {
  std::vector<gossip::MemberEvent> events;
  std::vector<std::size_t> packets;
  // Results of calls that have ended already, or never began.
  std::size_t unasked_results = 0;
  // When the oldest stream that others opened was accepted.
  std::optional<TimePoint> oldest_stream;
};

// A member of the cluster on a machine of the world.
class Member final : public Machine {
 public:
  Member(World& world, MachineId id, gossip::Config config, std::uint64_t seed);

  gossip::Node& node() { return node_; }

  // What was seen since the last call.
  Observed take();

  // Calls that wait for their result.
  std::size_t open_calls() const { return calls_.size(); }

  // For scripts, inside World::call.
  void join(TimePoint now, const std::vector<MachineId>& others);
  void leave(TimePoint now);
  void update(TimePoint now, std::string meta);
  // Bytes from nowhere.
  void hear(TimePoint now, std::string_view bytes);

  void start(TimePoint now) override;
  void packet(TimePoint now, MachineId from, std::string_view bytes) override;
  StreamId stream_accepted(TimePoint now, MachineId from) override;
  void stream_opened(TimePoint now, StreamId stream) override;
  void stream_bytes(TimePoint now, StreamId stream, std::string_view bytes) override;
  void stream_closed(TimePoint now, StreamId stream, const std::string& why) override;

  std::optional<TimePoint> wakeup() const override { return node_.wakeup(); }

  void advance(TimePoint now) override;

 private:
  void act();
  void called(gossip::CallId call);

  World& world_;
  MachineId id_;
  gossip::Delegate delegate_;
  gossip::Node node_;
  Observed seen_;
  std::set<gossip::CallId> calls_;
  std::map<StreamId, TimePoint> accepted_;
};

}  // namespace sim::membership
