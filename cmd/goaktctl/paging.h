#pragma once

#include "session.h"

#include <cstdint>
#include <string>

namespace goaktctl {

struct Paging {
  std::int64_t limit = 0;  // 0: all
  bool all = false;        // tables of more than 10 000 rows too
};

// Follows the pages of a list and prints them: page by page where the form allows it, so that a
// million rows need no memory, else all at once. `target` has its query already, without limit and
// page.
int print_pages(Session& session, const Schema& schema, const std::string& target, Paging paging);

}  // namespace goaktctl
