#pragma once

#include "goakt/base/result.h"

#include <string>

namespace goakt::node {
class Node;
class Operation;
}  // namespace goakt::node

namespace goakt::admin {

class Router;

// What a debug bundle is to hold.
struct BundleWish {
  std::string since;  // of events, dead letters and lines of the log; RFC 3339, empty: all
  bool logs = true;
};

// All that helps to understand a node from afar, as a tar.zst: answers of the node's own routes,
// without bodies of messages and with secrets masked, and the stacks of its threads. Tells the
// operation how far it is; empty when that was cancelled.
[[nodiscard]] Result<std::string> make_bundle(node::Operation& operation, const Router& router,
                                              node::Node& node, const BundleWish& wish = {});

}  // namespace goakt::admin
