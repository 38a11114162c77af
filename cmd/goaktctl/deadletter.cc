#include "command.h"
#include "event.h"
#include "exit_codes.h"
#include "operation.h"
#include "paging.h"
#include "query.h"
#include "session.h"

#include <nlohmann/json.hpp>

#include <memory>

namespace goaktctl {

namespace {

Command list_command() {
  struct Options {
    std::string to, from, type, reason, since;
    Paging paging;
  };

  auto o = std::make_shared<Options>();
  return {"deadletter",
          "list",
          {"dead-letters"},
          "lists the last messages that nobody handled",
          "GET /v1/deadletters",
          {"goaktctl dead-letters", "goaktctl dead-letters --to order-7 -o json",
           "goaktctl dead-letters -w"},
          with_list_flags({{"--to", &o->to, "only those sent to this actor", false, "@actor"},
                           {"--from", &o->from, "only those sent by this actor", false, "@actor"},
                           {"--type", &o->type, "only messages of this type", false, "@type"},
                           {"--reason", &o->reason, "only those with this reason"},
                           {"--since", &o->since, "10m, or a time"}},
                          o->paging),
          [o](Session& session) -> int {
            Query query("/v1/deadletters");
            query.add("to", plain_name(o->to)).add("from", plain_name(o->from));
            query.add("type", o->type).add("reason", o->reason);
            if (!o->since.empty()) {
              const std::string since = since_text(o->since);
              if (since.empty())
                return session.usage("--since is a duration or a time, not " + o->since);
              query.add("since", since);
            }
            return print_pages(session, schema_of("deadletter"), query.target(), o->paging);
          }};
}

// One list of the answer, [{label, count}], as rows of a table.
void print_counts(Session& session, const Document& stats, const char* title, const char* key,
                  const char* label) {
  const Document* counts = at_path(stats, key);
  if (!counts || !counts->is_array() || counts->empty()) return;
  std::vector<Document> rows;
  for (const Document& entry : *counts)
    rows.push_back({{"name", entry.value(label, "-")}, {"count", entry.value("count", 0)}});
  session.out().raw(std::string("\n") + title + "\n");
  session.out().list(schema_of("count"), rows, {});
}

Command stats_command() {
  return {"deadletter",
          "stats",
          {},
          "counts dead letters by reason, receiver and type",
          "GET /v1/deadletters/stats",
          {"goaktctl deadletter stats"},
          {},
          [](Session& session) {
            int exit = Exit::ok;
            const auto stats = session.get("/v1/deadletters/stats", exit);
            if (!stats) return exit;
            if (!session.out().is_plain_table()) {
              session.out().document(*stats);
              return exit;
            }
            std::vector<Document> totals;
            for (const char* key : {"total", "kept"})
              if (const Document* value = at_path(*stats, key))
                totals.push_back({{"name", key}, {"count", *value}});
            session.out().list(schema_of("count"), totals, {});
            print_counts(session, *stats, "by reason", "byReason", "reason");
            print_counts(session, *stats, "by receiver", "byReceiver", "to");
            print_counts(session, *stats, "by type", "byType", "type");
            return exit;
          }};
}

Command replay_command() {
  auto ids = std::make_shared<std::vector<std::string>>();
  return {"deadletter",
          "replay",
          {},
          "sends kept dead letters once more",
          "POST /v1/deadletters/replay",
          {"goaktctl deadletter replay 17 18",
           "goaktctl dead-letters --to order-7 -o name | xargs goaktctl deadletter replay"},
          {{"ID", ids.get(), "ids of: goaktctl dead-letters", true, "@deadletter"}},
          [ids](Session& session) {
            Document body = {{"ids", Document::array()}};
            for (const std::string& id : *ids) body["ids"].push_back(plain_id("deadletter", id));
            return start_operation(session, "/v1/deadletters/replay", body);
          },
          {Exit::not_found, Exit::partial}};
}

}  // namespace

std::vector<Command> deadletter_commands() {
  return {list_command(), stats_command(), replay_command()};
}

}  // namespace goaktctl
