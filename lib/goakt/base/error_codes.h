#pragma once

#include "goakt/base/export.h"

#include <cstdint>
#include <string_view>

namespace goakt {

// Every expected failure of the product, once. The texts are those of GoAkt's errors/errors.go:
// they cross the wire and peers compare them, so they are protocol and never reworded.
//
// X(enumerator, text)
#define GOAKT_ERROR_CODES(X)                                                                  \
  X(internal, "internal error")                                                               \
  X(user, "")                                                                                 \
  X(panic, "panic")                                                                           \
  X(invalid_argument, "invalid argument")                                                     \
  X(name_required, "actor system is required")                                                \
  X(invalid_actor_system_name,                                                                \
    "invalid ActorSystem name, must contain only word characters (i.e. [a-zA-Z0-9] plus "     \
    "non-leading '-' or '_')")                                                                \
  X(actor_system_not_started, "actor system is not running")                                  \
  X(actor_system_already_started, "actor system has already started")                         \
  X(dead, "actor is not alive")                                                               \
  X(unhandled, "unhandled message")                                                           \
  X(cluster_disabled, "cluster is not enabled")                                               \
  X(remoting_disabled, "remoting is not enabled")                                             \
  X(undefined_actor, "actor is not defined")                                                  \
  X(actor_not_found, "actor not found")                                                       \
  X(address_not_found, "address not found")                                                   \
  X(actor_already_exists, "actor already exists")                                             \
  X(reserved_name, "actor name is reserved")                                                  \
  X(request_timeout, "request timed out")                                                     \
  X(request_canceled, "request canceled")                                                     \
  X(invalid_timeout, "invalid timeout")                                                       \
  X(reentrancy_disabled, "reentrancy is disabled")                                            \
  X(invalid_reentrancy_mode, "invalid reentrancy mode")                                       \
  X(reentrancy_in_flight_limit, "reentrancy in-flight limit reached")                         \
  X(relocation_in_progress, "target actor is being relocated; retry shortly")                 \
  X(method_call_not_allowed, "method call not allowed")                                       \
  X(invalid_message, "invalid message")                                                       \
  X(invalid_response, "invalid response")                                                     \
  X(stash_buffer_not_set, "actor is not setup with a stash buffer")                           \
  X(init_failure, "preStart failed")                                                          \
  X(type_not_registered, "actor type is not registered")                                      \
  X(dependency_not_found, "dependency not found")                                             \
  X(undefined_task, "task is not defined")                                                    \
  X(scheduler_not_started, "scheduler has not started")                                       \
  X(schedule_reference_not_found, "scheduled reference not found")                            \
  X(shutdown_forbidden, "shutdown forbidden for this actor")                                  \
  X(not_local, "operation requires a local actor PID")                                        \
  X(system_shutting_down, "actor system is shutting down")                                    \
  X(mailbox_full, "mailbox is full")                                                          \
  X(mailbox_disposed, "mailbox has been disposed")                                            \
  X(invalid_passivation_strategy,                                                             \
    "invalid passivation strategy, must be one of: 'time-based', 'messages-count-based', or " \
    "'long-lived'")                                                                           \
  X(invalid_eviction_policy, "invalid eviction policy")                                       \
  X(ask_cycle, "ask cycle")

enum class ErrorCode : std::uint16_t {
#define GOAKT_X(name, text) name,
  GOAKT_ERROR_CODES(GOAKT_X)
#undef GOAKT_X
};

// The protocol text of a code.
GOAKT_API std::string_view error_text(ErrorCode code);

}  // namespace goakt
