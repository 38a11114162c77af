#pragma once

#include "goakt/gossip/member.h"

#include <cstddef>
#include <string>
#include <vector>

namespace goakt::gossip {

// What the user of a core may add to the protocol. Called from inside an input: must answer at once
// and not call back. GoAkt needs none of it.
class Delegate {
 public:
  Delegate() = default;
  Delegate(const Delegate&) = delete;
  Delegate& operator=(const Delegate&) = delete;
  virtual ~Delegate() = default;

  // Sent to the other side of each push/pull.
  virtual std::string local_state(bool /*join*/) { return {}; }

  // Messages to send along; each takes `overhead` of `budget` besides its length.
  virtual std::vector<std::string> broadcasts(std::size_t /*overhead*/, std::size_t /*budget*/) {
    return {};
  }

  virtual bool has_broadcasts() { return false; }

  virtual std::string ack_payload() { return {}; }

  // False: what is said about this member is ignored.
  virtual bool accepts(const MemberInfo& /*member*/) { return true; }

  // False: a joining cluster is turned away.
  virtual bool accepts_merge(const std::vector<PushPullNode>& /*members*/) { return true; }
};

}  // namespace goakt::gossip
