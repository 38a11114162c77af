#pragma once

#include "goakt/admin/json.h"
#include "goakt/base/clock.h"

#include <string>
#include <string_view>

namespace goakt {
class Passivation;
class Pid;
}  // namespace goakt

namespace goakt::node {
class Node;
}

namespace goakt::admin {

class Rates;

// "running", "suspended", "stopping", "stopped".
std::string_view state_of(const Pid& pid);
// The name as callers may use it: PARENT/NAME where the bare name is not enough, else NAME.
std::string parent_name(const Pid& pid);

// One row of a list: what can be read without a lock or an allocation per actor.
Json actor_summary(const Pid& pid, std::string_view node_id);
// Everything that is known of one actor; with its rate where `rates` are given.
Json actor_document(const Pid& pid, node::Node& node, Rates* rates = nullptr);

// {"type": "time-based", "timeoutMs"} and the like.
Json passivation_json(const Passivation& passivation);

// RFC 3339, UTC, milliseconds.
std::string time_text(WallTime time);

}  // namespace goakt::admin
