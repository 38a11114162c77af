#pragma once

#include "goakt/gossip/context.h"
#include "goakt/gossip/membership.h"

#include <cstddef>
#include <string>
#include <vector>

namespace goakt::gossip {

// Seals messages into packets; what still has to be gossiped rides along where there is room.
class Courier {
 public:
  Courier(Context& context, Membership& membership) : context_(context), membership_(membership) {}

  // One message, with news beside it.
  PacketId send(const Endpoint& to, std::string message);
  // As it is; `with_crc` if the receiver is known to read checksums.
  PacketId send_bare(const Endpoint& to, std::string message, bool with_crc);
  // A round: a packet of news to a few random members.
  void gossip();

 private:
  std::vector<std::string> news(std::size_t budget);
  bool name_is_address(const Endpoint& endpoint) const;
  std::size_t label_overhead() const;

  Context& context_;
  Membership& membership_;
};

}  // namespace goakt::gossip
