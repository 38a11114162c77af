#pragma once

#include "command.h"
#include "session.h"

#include <chrono>
#include <string>
#include <vector>

namespace goaktctl {

// What `event watch`, `actor watch`, `log tail` and `deadletter list -f` have in common: kept
// things first, then those that come.
struct EventOptions {
  std::vector<std::string> types;
  std::string actor;
  std::string since;
  std::int64_t limit = 0;
  bool follow = false;
  bool no_follow = false;
};

// "10m" as a time in the past, RFC 3339; a time stays as it is. Empty when it is neither.
std::string since_text(const std::string& since);

// One thing of a stream, for people with columns of fixed width.
void print_stream_line(Session& session, const Schema& schema, const Document& thing);

// Follows a route that gives kept things and, with follow=true, a stream.
int print_stream(Session& session, const Schema& schema, const std::string& target);

}  // namespace goaktctl
