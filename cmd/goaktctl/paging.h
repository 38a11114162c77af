#pragma once

#include "command.h"
#include "session.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace goaktctl {

// What every list can do.
struct Paging {
  std::int64_t limit = 0;  // 0: all
  bool all = false;        // tables of more than 10 000 rows too
  std::string page;
  bool fail_empty = false;
  bool watch = false;
  std::chrono::milliseconds interval{2'000};
};

// The flags for it, behind those of the command itself. `*paging` must outlive them.
std::vector<Flag> with_list_flags(std::vector<Flag> flags, Paging& paging);

// Follows the pages of a list and prints them: page by page where the form allows it, so that a
// million rows need no memory, else all at once. With --watch again and again, only what changed.
// `target` has its query already, without limit and page.
int print_pages(Session& session, const Schema& schema, const std::string& target,
                const Paging& paging);

// The items of all pages, at most `most`; none after a failure, which has been reported.
std::optional<std::vector<Document>> fetch_items(Session& session, const Schema& schema,
                                                 const std::string& target, std::int64_t most,
                                                 int& exit);

}  // namespace goaktctl
