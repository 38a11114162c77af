#pragma once

#include "goakt/admin/router.h"

#include <optional>
#include <string>

namespace goakt::node {
class Node;
}

namespace goakt::admin {

class Traffic;

// The remoting address of the other node that is meant by it, or by a member's id; none: this one,
// or nobody that is known.
std::optional<std::string> other_node(const std::string& name, node::Node& node);

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
