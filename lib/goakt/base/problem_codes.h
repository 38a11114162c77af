#pragma once

#include <cstdint>
#include <string_view>

namespace goakt {

// Every code that an admin answer may carry (RFC 9457 problems), with its HTTP status and the exit
// code that it becomes in goaktctl. One table, shared by server and client, so that they cannot
// disagree; documented in `goaktctl help exit-codes`.
struct ProblemCode {
  std::string_view code;
  std::string_view title;
  int status;
  int exit;
};

inline constexpr ProblemCode kProblemCodes[] = {
    {"invalid-argument", "Invalid argument", 400, 2},
    {"invalid-message", "Invalid message", 400, 2},
    {"sort-needs-scope", "Sorting needs a smaller scope", 400, 2},
    {"method-not-allowed", "Method not allowed", 405, 2},
    {"body-too-large", "Body too large", 413, 2},
    {"unsupported-media", "Unsupported media type", 415, 2},
    {"unauthenticated", "Unauthenticated", 401, 5},
    {"forbidden", "Forbidden", 403, 5},
    {"not-found", "Not found", 404, 3},
    {"actor-not-found", "Actor not found", 404, 3},
    {"node-not-found", "Node not found", 404, 3},
    {"kind-not-found", "Kind not found", 404, 3},
    {"type-not-found", "Message type not found", 404, 3},
    {"page-expired", "Page expired", 410, 3},
    {"already-exists", "Already exists", 409, 4},
    {"wrong-state", "Wrong state", 409, 4},
    {"system-actor", "System actor", 409, 4},
    {"kind-not-registered", "Kind not registered", 422, 4},
    {"idempotency-mismatch", "Idempotency key used for another body", 422, 4},
    {"actor-error", "The actor answered with an error", 424, 12},
    {"unhandled-message", "The actor does not handle this message", 424, 12},
    {"rate-limited", "Too many requests", 429, 6},
    {"mailbox-full", "Mailbox full", 429, 6},
    {"internal", "Internal error", 500, 1},
    {"peer-unsupported", "Not supported by that node", 501, 13},
    {"not-clustered", "Not clustered", 501, 13},
    {"feature-disabled", "Feature disabled", 501, 13},
    {"node-unreachable", "Node unreachable", 502, 6},
    {"starting", "Starting", 503, 6},
    {"stopping", "Stopping", 503, 6},
    {"ask-timeout", "No answer in time", 504, 7},
    {"node-timeout", "Node did not answer in time", 504, 7},
};

// The row of a code; "internal" for a code that this version does not know.
constexpr const ProblemCode& problem_code(std::string_view code) {
  for (const ProblemCode& row : kProblemCodes)
    if (row.code == code) return row;
  return problem_code("internal");
}

}  // namespace goakt
