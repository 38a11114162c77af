#include "command.h"
#include "exit_codes.h"
#include "paging.h"
#include "query.h"
#include "session.h"

#include <nlohmann/json.hpp>

#include <memory>

namespace goaktctl {

std::vector<Command> deadletter_commands() {
  const Schema letters{"deadletter",
                       {{"TIME", "time", false, 1000},
                        {"TO", "to", false, 90},
                        {"TYPE", "type", false, 80},
                        {"REASON", "reason", false, 85},
                        {"FROM", "from", false, 40},
                        {"BODY", "message", false, 10, true}}};
  const Schema events{"event",
                      {{"TIME", "time", false, 1000},
                       {"TYPE", "type", false, 90},
                       {"ACTOR", "actor", false, 85},
                       {"REASON", "reason", false, 60}}};
  auto to = std::make_shared<std::string>();
  auto limit = std::make_shared<Paging>();
  auto type = std::make_shared<std::string>();
  auto event_limit = std::make_shared<Paging>();
  return {{"deadletter",
           "list",
           {"dead-letters"},
           "lists the last messages that nobody handled",
           "GET /v1/deadletters",
           {"goaktctl dead-letters", "goaktctl dead-letters --to order-7 -o json"},
           {{"--to", to.get(), "only those sent to this actor"},
            {"--limit", &limit->limit, "at most this many, the newest"}},
           [=](Session& session) {
             Query query("/v1/deadletters");
             query.add("to", *to);
             return print_pages(session, letters, query.target(), *limit);
           }},
          {"event",
           "list",
           {"events"},
           "lists the last events of the node",
           "GET /v1/events",
           {"goaktctl events", "goaktctl events --type actor.suspended"},
           {{"--type", type.get(), "only these: actor.started, actor.suspended, deadletter, ..."},
            {"--limit", &event_limit->limit, "at most this many, the newest"}},
           [=](Session& session) {
             Query query("/v1/events");
             query.add("type", *type);
             return print_pages(session, events, query.target(), *event_limit);
           }}};
}

}  // namespace goaktctl
