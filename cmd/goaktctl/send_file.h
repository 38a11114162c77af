#pragma once

#include "session.h"

#include <string>

namespace goaktctl {

// `send -f FILE|-`: pours NDJSON lines {"to","type","message","ask"?} into POST /v1/messages and
// prints one answer line for each, in the same order. Exit 10 when some lines failed.
int send_file(Session& session, const std::string& file);

}  // namespace goaktctl
