#pragma once

#include "session.h"

#include <chrono>
#include <functional>
#include <optional>
#include <string>

namespace goaktctl {

// Cuts what comes from a stream into lines; what is no JSON object is passed over.
class LineCutter {
 public:
  using Take = std::function<bool(const Document&)>;

  // False when `take` wants no more.
  bool feed(std::string_view piece, const Take& take);

 private:
  std::string rest_;
};

struct Following {
  bool resumes = false;  // reconnect after a break, from the last id; else the end is the end
  std::optional<std::chrono::steady_clock::time_point> until;
};

// Follows a stream of NDJSON objects, each to `take`, until it wants no more or the stream ends.
// Heartbeats are swallowed, gaps told. Gives the exit code; failures have been reported.
int follow(Session& session, goakt::admin::Call call, const Following& following,
           const LineCutter::Take& take);

}  // namespace goaktctl
