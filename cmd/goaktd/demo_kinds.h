#pragma once

#include "goakt/node/plugin.h"

namespace goaktd {

// Small actors to try the tools with; their messages are protobuf's well-known types.
//
//   demo.echo     answers what it gets: StringValue, Struct, and all that no other actor names
//   demo.counter  adds each Int64Value and answers the sum; Empty asks for it
//   demo.sleeper  answers a Duration after that time
//   demo.crasher  throws on any StringValue; restarted at most three times a minute
//   demo.pinger   a Duration makes it send an Empty to itself that often, zero ends that; answers
//                 each Empty with how many there were
//   demo.tree     makes an Int64Value of children of its own kind
void demo_kinds(goakt::Plugin& plugin);

}  // namespace goaktd
