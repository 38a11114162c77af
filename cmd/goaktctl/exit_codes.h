#pragma once

// What goaktctl ends with. Scripts depend on it; `goaktctl help exit-codes` prints the table.
//
// X(enumerator, code, word, when)
#define GOAKTCTL_EXIT_CODES(X)                                                                    \
  X(ok, 0, "ok", "done; an empty list is ok")                                                     \
  X(failed, 1, "failed", "anything without a code of its own; the server's own failure")          \
  X(usage, 2, "usage", "unknown flag or word, bad value, a body that the server cannot read")     \
  X(not_found, 3, "not-found", "the named thing does not exist")                                  \
  X(conflict, 4, "conflict", "exists already, wrong state, kind not registered")                  \
  X(denied, 5, "denied", "the caller may not do that, or is not known")                           \
  X(unreachable, 6, "unreachable", "no endpoint answered, or the node or mailbox takes no more")  \
  X(timeout, 7, "timeout", "no answer in time; it is unknown whether a write was accepted")       \
  X(wait_timeout, 8, "wait-timeout",                                                              \
    "accepted and running, the condition was not reached in time")                                \
  X(impossible, 9, "impossible", "the awaited state can no longer be reached")                    \
  X(partial, 10, "partial", "some items done, some failed")                                       \
  X(unhealthy, 11, "unhealthy", "a check found something bad")                                    \
  X(actor_error, 12, "actor-error", "the actor answered with an error, or has no handler for it") \
  X(unsupported, 13, "unsupported", "that node cannot do it")                                     \
  X(interrupted, 130, "interrupted", "SIGINT; long work at the server goes on")                   \
  X(terminated, 143, "terminated", "SIGTERM; likewise")                                           \
  X(broken_pipe, 141, "broken pipe", "whoever read the output has gone; ends silently")

namespace goaktctl {

enum Exit : int {

#define GOAKT_X(name, code, word, when) name = code,
  GOAKTCTL_EXIT_CODES(GOAKT_X)
#undef GOAKT_X
};

// Of several failures, the one that a script should see: denied, unreachable, not found, conflict,
// ... anything else.
int worse(int a, int b);

}  // namespace goaktctl
