#pragma once

#include "goakt/admin/router.h"

namespace goakt::node {
class Node;
}

namespace goakt::admin {

class Traffic;

// Where it is decided which node a request is about, before any route sees it: this one, or another
// by its remoting address. Of another node, what every GoAkt node tells is answered from here; the
// rest is refused with peer-unsupported.
class Forward {
 public:
  // Both outlive it.
  Forward(node::Node& node, const Router& here, Traffic& traffic);

  // The routes that answer the request; fills in what it is about. Refusals: node_not_found,
  // feature_disabled without remoting, and those of check_scope().
  tl::expected<const Router*, Refusal> choose(Request& request) const;

 private:
  node::Node& node_;
  const Router& here_;
  Router there_;
};

}  // namespace goakt::admin
