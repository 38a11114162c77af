#include "paging.h"

#include "exit_codes.h"
#include "output/text.h"
#include "query.h"
#include "watch.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <unordered_set>

namespace goaktctl {

namespace {

constexpr std::int64_t kPage = 1'000;
constexpr std::int64_t kTableRows = 10'000;
constexpr std::int64_t kWatchedRows = 1'000;

// Gives the items of one page after another; keeps none of them.
class Pages {
 public:
  Pages(Session& session, std::string target, std::int64_t most, std::string first)
      : session_(session), target_(std::move(target)), most_(most), next_(std::move(first)) {}

  bool at_end() const { return started_ && (next_.empty() || count_ >= most_); }

  // The next page's items; none after a failure.
  std::optional<std::vector<Document>> fetch(int& exit) {
    Query query(target_);
    query.add("limit", std::min(kPage, most_ - count_)).add("page", next_);
    auto answer = session_.get(query.target(), exit);
    if (!answer) return std::nullopt;
    started_ = true;
    const Document* next = at_path(*answer, "next");
    next_ = next && next->is_string() ? next->get<std::string>() : std::string();
    const Document* total = at_path(*answer, "approxTotal");
    if (total && total->is_number_unsigned()) about_ = total->get<std::uint64_t>();
    std::vector<Document> items;
    if (const auto list = answer->find("items"); list != answer->end() && list->is_array())
      for (Document& item : *list) items.push_back(std::move(item));
    count_ += static_cast<std::int64_t>(items.size());
    return items;
  }

  std::int64_t count() const { return count_; }

  const std::string& next() const { return next_; }

  std::uint64_t about() const { return about_; }

 private:
  Session& session_;
  const std::string target_;
  const std::int64_t most_;
  std::string next_;
  std::int64_t count_ = 0;
  std::uint64_t about_ = 0;
  bool started_ = false;
};

// A walk may give what moved meanwhile twice.
void add_new(const Schema& schema, std::vector<Document> items,
             std::unordered_set<std::string>& seen, std::vector<Document>& rows) {
  for (Document& item : items) {
    const Document* key = at_path(item, schema.key);
    const Document* parent = at_path(item, "address");
    if (key && !seen.insert(plain_text(parent ? *parent : *key)).second) continue;
    rows.push_back(std::move(item));
  }
}

int print_by_item(Session& session, const Schema& schema, Pages& pages) {
  int exit = Exit::ok;
  while (!pages.at_end()) {
    const auto items = pages.fetch(exit);
    if (!items) return exit;
    session.out().list(schema, *items, {});
    if (!session.out().flush()) return Exit::broken_pipe;
  }
  return exit;
}

}  // namespace

std::vector<Flag> with_list_flags(std::vector<Flag> flags, Paging& paging) {
  flags.push_back({"--limit", &paging.limit, "at most this many"});
  flags.push_back({"--all", &paging.all, "tables of more than 10 000 rows"});
  flags.push_back({"--page", &paging.page, "begin at this page: `next` of an earlier answer"});
  flags.push_back({"--fail-empty", &paging.fail_empty, "exit 3 when there is none"});
  flags.push_back(
      {"-w,--watch", &paging.watch, "again and again; in a pipe what changes, by line"});
  flags.push_back({"--interval", &paging.interval, "of --watch, 2s"});
  return flags;
}

std::optional<std::vector<Document>> fetch_items(Session& session, const Schema& schema,
                                                 const std::string& target, std::int64_t most,
                                                 int& exit) {
  Pages pages(session, target, most, {});
  std::vector<Document> rows;
  std::unordered_set<std::string> seen;
  while (!pages.at_end()) {
    auto items = pages.fetch(exit);
    if (!items) return std::nullopt;
    add_new(schema, std::move(*items), seen, rows);
  }
  return rows;
}

int print_pages(Session& session, const Schema& schema, const std::string& target,
                const Paging& paging) {
  if (paging.watch) {
    const std::int64_t most = paging.limit > 0 ? paging.limit : kWatchedRows;
    return watch_list(session, schema, paging.interval,
                      [&](int& exit) { return fetch_items(session, schema, target, most, exit); });
  }
  const bool bounded = session.out().is_table() && !paging.all;
  const std::int64_t most = paging.limit > 0 ? paging.limit : bounded ? kTableRows : INT64_MAX;
  Pages pages(session, target, most, paging.page);
  if (session.out().is_by_item()) {
    const int exit = print_by_item(session, schema, pages);
    return exit == Exit::ok && paging.fail_empty && pages.count() == 0 ? Exit::not_found : exit;
  }
  std::vector<Document> rows;
  std::unordered_set<std::string> seen;
  int exit = Exit::ok;
  while (!pages.at_end()) {
    auto items = pages.fetch(exit);
    if (!items) return exit;
    add_new(schema, std::move(*items), seen, rows);
  }
  session.out().list(schema, rows, pages.next());
  if (!pages.next().empty() && session.out().is_table() && paging.limit == 0) {
    session.note("… " + with_thousands(rows.size()) + " shown of " +
                 (pages.about() > rows.size() ? "about " + with_thousands(pages.about()) : "more") +
                 "; use --all, --limit or a filter");
  }
  return paging.fail_empty && rows.empty() ? Exit::not_found : Exit::ok;
}

}  // namespace goaktctl
