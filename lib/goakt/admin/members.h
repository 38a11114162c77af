#pragma once

#include "goakt/admin/json.h"
#include "goakt/admin/refusal.h"
#include "goakt/cluster/member.h"

#include <optional>
#include <string_view>

namespace goakt::node {
class Node;
}

namespace goakt::admin {

struct Request;

// "active", "suspect", "dead", "left": what the others of a member's state are told in words.
std::string_view state_word(gossip::State state);

// What gossip knows of a member: added to the document of this node, or all of that of another.
void add_membership(Json& json, const cluster::MemberView& view);
Json member_json(const cluster::MemberView& view);

// The member that is meant by "leader", an id, or the beginning of just one id; alone, and for
// nobody known, none. Members that are gone only by their whole id.
std::optional<cluster::MemberView> find_member(node::Node& node, std::string_view text);

// Whether "self", "leader", an id or the beginning of one means this node. Errors: node_not_found,
// and peer_unsupported for another member.
tl::expected<void, Refusal> must_be_this(std::string_view text, node::Node& node);

// Refuses a query whose `node` or `consistency` asks for what this node does not have.
std::optional<Refusal> check_scope(const Request& request, node::Node& node);

}  // namespace goakt::admin
