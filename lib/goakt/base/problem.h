#pragma once

#include "goakt/base/export.h"

#include <cstdint>
#include <string_view>

namespace goakt {

// The kinds of failure that an operator meets: the `code` of the admin API's problem documents,
// each with its HTTP status and the exit code of goaktctl. Scripts depend on all three.
//
// X(enumerator, code, HTTP status, exit code)
#define GOAKT_PROBLEMS(X)                                     \
  X(internal, "internal", 500, 1)                             \
  X(invalid_argument, "invalid-argument", 400, 2)             \
  X(invalid_message, "invalid-message", 400, 2)               \
  X(sort_needs_scope, "sort-needs-scope", 400, 2)             \
  X(method_not_allowed, "method-not-allowed", 405, 2)         \
  X(body_too_large, "body-too-large", 413, 2)                 \
  X(unsupported_media, "unsupported-media", 415, 2)           \
  X(unauthenticated, "unauthenticated", 401, 5)               \
  X(forbidden, "forbidden", 403, 5)                           \
  X(not_found, "not-found", 404, 3)                           \
  X(actor_not_found, "actor-not-found", 404, 3)               \
  X(node_not_found, "node-not-found", 404, 3)                 \
  X(grain_not_found, "grain-not-found", 404, 3)               \
  X(kind_not_found, "kind-not-found", 404, 3)                 \
  X(type_not_found, "type-not-found", 404, 3)                 \
  X(schedule_not_found, "schedule-not-found", 404, 3)         \
  X(operation_not_found, "operation-not-found", 404, 3)       \
  X(dc_not_found, "dc-not-found", 404, 3)                     \
  X(topic_not_found, "topic-not-found", 404, 3)               \
  X(page_expired, "page-expired", 410, 3)                     \
  X(already_exists, "already-exists", 409, 4)                 \
  X(wrong_state, "wrong-state", 409, 4)                       \
  X(system_actor, "system-actor", 409, 4)                     \
  X(drain_in_progress, "drain-in-progress", 409, 4)           \
  X(relocation_in_progress, "relocation-in-progress", 409, 4) \
  X(leader_changed, "leader-changed", 409, 4)                 \
  X(singleton_not_movable, "singleton-not-movable", 409, 4)   \
  X(version_mismatch, "version-mismatch", 412, 4)             \
  X(kind_not_registered, "kind-not-registered", 422, 4)       \
  X(invalid_config, "invalid-config", 422, 4)                 \
  X(idempotency_mismatch, "idempotency-mismatch", 422, 4)     \
  X(no_eligible_node, "no-eligible-node", 503, 4)             \
  X(actor_error, "actor-error", 424, 12)                      \
  X(unhandled_message, "unhandled-message", 424, 12)          \
  X(rate_limited, "rate-limited", 429, 6)                     \
  X(too_many_streams, "too-many-streams", 429, 6)             \
  X(mailbox_full, "mailbox-full", 429, 6)                     \
  X(peer_unsupported, "peer-unsupported", 501, 13)            \
  X(not_clustered, "not-clustered", 501, 13)                  \
  X(feature_disabled, "feature-disabled", 501, 13)            \
  X(node_unreachable, "node-unreachable", 502, 6)             \
  X(no_quorum, "no-quorum", 503, 6)                           \
  X(starting, "starting", 503, 6)                             \
  X(stopping, "stopping", 503, 6)                             \
  X(cluster_unavailable, "cluster-unavailable", 503, 6)       \
  X(ask_timeout, "ask-timeout", 504, 7)                       \
  X(node_timeout, "node-timeout", 504, 7)                     \
  X(forward_loop, "forward-loop", 508, 1)

enum class Problem : std::uint8_t {
#define GOAKT_X(name, code, status, exit) name,
  GOAKT_PROBLEMS(GOAKT_X)
#undef GOAKT_X
};

// "actor-not-found".
GOAKT_API std::string_view problem_code(Problem problem) noexcept;
GOAKT_API int http_status(Problem problem) noexcept;
// What goaktctl ends with when a command fails for this reason.
GOAKT_API int exit_code(Problem problem) noexcept;

}  // namespace goakt
