#pragma once

#include "goakt/admin/router.h"
#include "goakt/base/clock.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace goakt::admin {

// A whole number of the query, or the default when it is absent; a refusal when it is none or
// outside.
tl::expected<std::int64_t, Refusal> query_number(const Request& request, std::string_view key,
                                                 std::int64_t otherwise, std::int64_t min,
                                                 std::int64_t max);
bool query_switch(const Request& request, std::string_view key);
// A duration ("10m") before now, or a time as RFC 3339; nothing when it is absent.
tl::expected<std::optional<WallTime>, Refusal> query_time(const Request& request,
                                                          std::string_view key);

// How often a ping is to go, of the body of POST /v1/nodes/{node}/ping.
tl::expected<std::int64_t, Refusal> ping_count(const Request& request);

// True when the words "self", "leader", the id or a beginning of it mean this node.
bool means_this_node(std::string_view node, std::string_view own_id);
// Reads `dryRun` of a changing request into request.dry_run: from the query, or out of a JSON body.
// Refuses what only looks like it, because taking that for nothing would do what was to be tried.
std::optional<Refusal> settle_dry_run(Request& request);

}  // namespace goakt::admin
