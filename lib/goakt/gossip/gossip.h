#pragma once

// The door to the membership protocol, HashiCorp's memberlist, byte for byte:
//
//   node.h         a member: inputs in, outputs out
//   membership.h   the rules by which news changes the table of members
//   prober.h       who is still there
//   courier.h      packets, and the news that rides along
//   exchanges.h    streams: joining, exchanges of the whole state
//   messages.h, packet.h, stream.h, tcp_frame.h      the wire
//
// None of it owns a socket, a clock or a thread. tests/simulation runs thousands of members in one
// thread; docs/protocols/membership.md is the protocol in our words.

#include "goakt/gossip/config.h"
#include "goakt/gossip/node.h"
