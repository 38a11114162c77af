#include "paging.h"

#include "exit_codes.h"
#include "goakt/backend/http/client.h"
#include "output/text.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <unordered_set>

namespace goaktctl {

namespace {

constexpr std::int64_t kPage = 1'000;
constexpr std::int64_t kTableRows = 10'000;

}  // namespace

int print_pages(Session& session, const Schema& schema, const std::string& target, Paging paging) {
  const bool streams =
      session.out().format() == Format::ndjson || session.out().format() == Format::name;
  const std::int64_t most = paging.limit > 0                          ? paging.limit
                            : session.out().is_table() && !paging.all ? kTableRows
                                                                      : INT64_MAX;
  std::vector<Document> rows;
  std::unordered_set<std::string> seen;  // a walk may give what moved meanwhile twice
  std::int64_t count = 0;
  std::string next;
  do {
    std::string page = target + (target.find('?') == std::string::npos ? "?" : "&") +
                       "limit=" + std::to_string(std::min(kPage, most - count));
    if (!next.empty()) page += "&page=" + goakt::http::encode(next);
    int exit = Exit::ok;
    auto answer = session.get(page, exit);
    if (!answer) return exit;
    next = answer->value("next", "");
    for (Document& item : (*answer)["items"]) {
      const Document* name = at_path(item, "name");
      if (!streams && name && name->is_string() && !seen.insert(name->get<std::string>()).second)
        continue;
      rows.push_back(std::move(item));
      ++count;
    }
    if (streams) {
      session.out().list(schema, rows, {});
      rows.clear();
      if (!session.out().flush()) return Exit::broken_pipe;
    }
  } while (!next.empty() && count < most);
  if (!streams) session.out().list(schema, rows, next);
  if (!next.empty() && session.out().is_table() && paging.limit == 0) {
    session.note("… " + with_thousands(static_cast<std::uint64_t>(count)) +
                 " shown of more; use --all, --limit or a filter");
  }
  return Exit::ok;
}

}  // namespace goaktctl
