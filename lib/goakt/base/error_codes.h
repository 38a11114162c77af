#pragma once

#include "goakt/base/export.h"
#include "goakt/base/problem.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace goakt {

// Every expected failure of the product, once. The texts are those of GoAkt's errors/errors.go (of
// its cron library and of its breaker): they cross the wire and peers compare them, so they are
// protocol and never reworded. To add one: a row here, a line in tests/unit/base/data/errors.txt.
//
// X(enumerator, text, problem that operators see)
#define GOAKT_ERROR_CODES(X)                                                                       \
  X(internal, "internal error", internal)                                                          \
  X(user, "", actor_error)                                                                         \
  X(panic, "panic", actor_error)                                                                   \
  X(spawn_error, "spawn error", internal)                                                          \
  X(rebalancing_error, "rebalancing", internal)                                                    \
  X(invalid_argument, "invalid argument", invalid_argument)                                        \
  X(name_required, "actor system is required", invalid_argument)                                   \
  X(invalid_actor_system_name,                                                                     \
    "invalid ActorSystem name, must contain only word characters (i.e. [a-zA-Z0-9] plus "          \
    "non-leading '-' or '_')",                                                                     \
    invalid_argument)                                                                              \
  X(actor_system_not_started, "actor system is not running", starting)                             \
  X(actor_system_already_started, "actor system has already started", wrong_state)                 \
  X(system_shutting_down, "actor system is shutting down", stopping)                               \
  X(dead, "actor is not alive", wrong_state)                                                       \
  X(unhandled, "unhandled message", unhandled_message)                                             \
  X(cluster_disabled, "cluster is not enabled", not_clustered)                                     \
  X(remoting_disabled, "remoting is not enabled", feature_disabled)                                \
  X(undefined_actor, "actor is not defined", invalid_argument)                                     \
  X(actor_not_found, "actor not found", actor_not_found)                                           \
  X(address_not_found, "address not found", actor_not_found)                                       \
  X(actor_already_exists, "actor already exists", already_exists)                                  \
  X(reserved_name, "actor name is reserved", invalid_argument)                                     \
  X(request_timeout, "request timed out", ask_timeout)                                             \
  X(request_canceled, "request canceled", wrong_state)                                             \
  X(invalid_timeout, "invalid timeout", invalid_argument)                                          \
  X(reentrancy_disabled, "reentrancy is disabled", wrong_state)                                    \
  X(invalid_reentrancy_mode, "invalid reentrancy mode", invalid_argument)                          \
  X(reentrancy_in_flight_limit, "reentrancy in-flight limit reached", mailbox_full)                \
  X(ask_cycle, "ask cycle", wrong_state)                                                           \
  X(remote_send_failure, "remote send failed", node_unreachable)                                   \
  X(remote_send_backpressure, "remote send backpressure: outbound queue full", mailbox_full)       \
  X(relocation_in_progress, "target actor is being relocated; retry shortly",                      \
    relocation_in_progress)                                                                        \
  X(method_call_not_allowed, "method call not allowed", not_clustered)                             \
  X(invalid_remote_message, "invalid remote message", invalid_message)                             \
  X(invalid_message, "invalid message", invalid_message)                                           \
  X(invalid_response, "invalid response", actor_error)                                             \
  X(stash_buffer_not_set, "actor is not setup with a stash buffer", wrong_state)                   \
  X(init_failure, "preStart failed", actor_error)                                                  \
  X(type_not_registered, "actor type is not registered", kind_not_registered)                      \
  X(instance_not_an_actor,                                                                         \
    "failed to create instance. Reason: instance does not implement the Actor interface",          \
    kind_not_registered)                                                                           \
  X(invalid_instance, "failed to create instance. Reason: invalid instance", kind_not_registered)  \
  X(dependency_type_not_registered, "dependency type is not registered", kind_not_registered)      \
  X(instance_not_dependency,                                                                       \
    "failed to create instance. Reason: instance does not implement the Dependency "               \
    "interface",                                                                                   \
    kind_not_registered)                                                                           \
  X(dependency_not_found, "dependency not found", invalid_argument)                                \
  X(invalid_id, "invalid id", invalid_argument)                                                    \
  X(peer_not_found, "peer is not found", node_not_found)                                           \
  X(invalid_host, "invalid host", invalid_argument)                                                \
  X(invalid_tcp_address, "invalid TCP address", invalid_argument)                                  \
  X(undefined_task, "task is not defined", invalid_argument)                                       \
  X(scheduler_not_started, "scheduler has not started", starting)                                  \
  X(schedule_reference_not_found, "scheduled reference not found", schedule_not_found)             \
  X(schedule_reference_required,                                                                   \
    "an explicit reference (WithReference) is required for ScheduleWithCron in cluster mode",      \
    invalid_argument)                                                                              \
  X(schedule_reference_empty, "illegal argument: empty key name is not allowed", invalid_argument) \
  X(schedule_already_exists, "illegal state: job already exists", already_exists)                  \
  X(schedule_suspended, "illegal state: job is suspended", wrong_state)                            \
  X(schedule_active, "illegal state: job is active", wrong_state)                                  \
  X(invalid_cron, "parse cron expression", invalid_argument)                                       \
  X(trigger_expired, "trigger has expired", invalid_argument)                                      \
  X(topic_actor_not_started, "topic actor has not started", feature_disabled)                      \
  X(shutdown_forbidden, "shutdown forbidden for this actor", system_actor)                         \
  X(not_local, "operation requires a local actor PID", invalid_argument)                           \
  X(mailbox_full, "mailbox is full", mailbox_full)                                                 \
  X(mailbox_disposed, "mailbox has been disposed", wrong_state)                                    \
  X(invalid_passivation_strategy,                                                                  \
    "invalid passivation strategy, must be one of: 'time-based', 'messages-count-based', or "      \
    "'long-lived'",                                                                                \
    invalid_argument)                                                                              \
  X(invalid_eviction_policy, "invalid eviction policy", invalid_argument)                          \
  X(circuit_open, "circuit-breaker [open]: circuit breaker is open", wrong_state)                  \
  X(circuit_timeout, "circuit-breaker [closed]: execution timeout: context deadline exceeded",     \
    ask_timeout)                                                                                   \
  X(circuit_panic, "circuit-breaker [closed]: panic during execution", actor_error)                \
  X(invalid_router_pool_size, "invalid router pool size, must be greater than zero",               \
    invalid_argument)                                                                              \
  X(tail_chopping_router_misconfigured,                                                            \
    "tail-chopping router misconfigured: interval and within must be greater than zero",           \
    invalid_argument)                                                                              \
  X(scatter_gather_router_misconfigured,                                                           \
    "scatter-gather router misconfigured: within must be greater than zero", invalid_argument)     \
  X(consistent_hash_router_misconfigured,                                                          \
    "consistent-hash router misconfigured: key extractor is required", invalid_argument)           \
  X(invalid_tls_configuration, "TLS configuration is invalid", invalid_config)                     \
  X(singleton_already_exists, "singleton already exists", already_exists)                          \
  X(leader_not_found, "leader is not found", cluster_unavailable)                                  \
  X(invalid_kinds, "child and parent kinds must be the same", invalid_argument)                    \
  X(write_quorum, "write quorum cannot be reached", no_quorum)                                     \
  X(read_quorum, "read quorum cannot be reached", no_quorum)                                       \
  X(cluster_quorum, "cluster quorum cannot be reached", no_quorum)                                 \
  X(grain_activation_failure, "grain activation failed", actor_error)                              \
  X(grain_deactivation_failure, "grain deactivation failed", actor_error)                          \
  X(grain_activation_barrier_timeout, "grain activation barrier timeout", cluster_unavailable)     \
  X(invalid_grain_identity, "invalid graind identity", invalid_argument)                           \
  X(instance_not_a_grain,                                                                          \
    "failed to create instance. Reason: instance does not implement the Grain interface",          \
    kind_not_registered)                                                                           \
  X(grain_not_registered, "grain type is not registered", kind_not_registered)                     \
  X(invalid_grain_kind, "grain kind must be a pointer to a struct implementing Grain",             \
    invalid_argument)                                                                              \
  X(grain_kind_conflict, "a different grain type is already registered under this kind",           \
    already_exists)                                                                                \
  X(grain_relocation_conflict, "grain cannot be both relocation-disabled and eager-relocated",     \
    invalid_argument)                                                                              \
  X(grain_timers_stopped, "grain timers are stopped", wrong_state)                                 \
  X(invalid_timer_interval, "timer interval must be greater than zero", invalid_argument)          \
  X(queue_fenced, "durable producer queue writer is fenced", wrong_state)                          \
  X(queue_conflict, "durable producer queue state conflict", version_mismatch)                     \
  X(queue_chunked_batch, "durable producer queue message is stored as a chunked batch",            \
    wrong_state)                                                                                   \
  X(reliable_store, "reliable delivery store failed", internal)                                    \
  X(reliable_accept, "reliable delivery acceptance failed", internal)                              \
  X(reliable_confirm, "reliable delivery confirmation failed", internal)                           \
  X(reliable_spawn_unsupported, "reliable delivery endpoints cannot be spawned from this caller",  \
    wrong_state)                                                                                   \
  X(reliable_cluster_required, "reliable delivery remote placement requires clustering",           \
    not_clustered)                                                                                 \
  X(reliable_peer_remoting_required, "reliable delivery remote peer addressing requires remoting", \
    feature_disabled)                                                                              \
  X(reliable_peer_cluster_conflict,                                                                \
    "reliable delivery remote peer addressing cannot be combined with clustering",                 \
    invalid_argument)                                                                              \
  X(watch_not_supported, "multidc: watch not supported", peer_unsupported)                         \
  X(datacenter_record_not_found, "datacenter record not found", dc_not_found)                      \
  X(datacenter_record_conflict, "datacenter record version conflict", version_mismatch)            \
  X(datacenter_not_ready, "datacenter is not ready", cluster_unavailable)                          \
  X(datacenter_stale_records, "datacenter has stale records", cluster_unavailable)                 \
  X(unreachable, "endpoint cannot be reached", node_unreachable)                                   \
  X(connection_lost, "connection lost", node_unreachable)                                          \
  X(address_in_use, "address already in use", internal)                                            \
  X(permission_denied, "permission denied", internal)

enum class ErrorCode : std::uint16_t {
#define GOAKT_X(name, text, problem) name,
  GOAKT_ERROR_CODES(GOAKT_X)
#undef GOAKT_X
};

// For tests and documentation that walk the table.
inline constexpr std::size_t kErrorCodes = 0
#define GOAKT_X(name, text, problem) +1
    GOAKT_ERROR_CODES(GOAKT_X)
#undef GOAKT_X
    ;

// The protocol text of a code.
GOAKT_API std::string_view error_text(ErrorCode code) noexcept;
// The enumerator's name: what logs and the C++ documentation say.
GOAKT_API std::string_view error_name(ErrorCode code) noexcept;
// What it is to an operator: problem code, HTTP status, exit code (problem.h).
GOAKT_API Problem problem_of(ErrorCode code) noexcept;

}  // namespace goakt
