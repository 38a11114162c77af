#pragma once

#include "session.h"

#include <string>
#include <string_view>

namespace goaktctl {

// Long work is a resource at the server: it goes on when this tool ends.

// Whether its state is final.
bool is_over(const Document& operation);
// What the final state means: 0, 9 (failed, cancelled), 10 (partial).
int exit_of_operation(const Document& operation);

// Posts what makes an operation, then waits for its end with progress, unless --detach. A plan
// (--dry-run) and an answer that is no operation are printed as they are.
int start_operation(Session& session, std::string_view target, const Document& body);
// Waits for its end, at most --wait-timeout. The last document is left in `operation`.
int await_operation(Session& session, Document& operation);

}  // namespace goaktctl
