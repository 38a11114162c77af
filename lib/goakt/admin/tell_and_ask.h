#pragma once

#include "goakt/actor/pid.h"
#include "goakt/admin/router.h"

#include <functional>

namespace goakt {
struct Kind;
}

namespace goakt::node {
class Node;
}

namespace goakt::admin {

class Traffic;

// The actor's kind, wanted when a message names no type; null: of none that is known here.
using KindOf = std::function<const Kind*()>;

// What is left of a request that tells or asks an actor, be it here or on another node.
Prepared tell_actor(const Request& request, const Pid& pid, const KindOf& kind, node::Node& node);
Prepared ask_actor(const Request& request, const Pid& pid, const KindOf& kind, node::Node& node,
                   Traffic& traffic);

}  // namespace goakt::admin
