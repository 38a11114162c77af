#include "command.h"
#include "event.h"
#include "exit_codes.h"
#include "paging.h"
#include "query.h"
#include "session.h"

#include <memory>
#include <unistd.h>

namespace goaktctl {

std::vector<Command> log_commands() {
  struct Options {
    std::string level, logger, grep, since;
    std::int64_t limit = 100;
    bool follow = false;
  };

  auto o = std::make_shared<Options>();
  return {
      {"log",
       "tail",
       {"logs"},
       "shows the last lines of the node's log, and what comes with -f",
       "GET /v1/logs",
       {"goaktctl logs", "goaktctl logs -f --level warn", "goaktctl logs --grep timeout -o ndjson"},
       {{"--level", &o->level, "this level and worse", false, "debug|info|warn|error|fatal"},
        {"--logger", &o->logger, "only of this part: actor, admin, plugin, ..."},
        {"--grep", &o->grep, "only lines with this text"},
        {"--since", &o->since, "10m, or a time"},
        {"--limit", &o->limit, "lines, 100"},
        {"-f,--follow", &o->follow, "go on with what comes"}},
       [o](Session& session) -> int {
         Query query("/v1/logs");
         query.add("level", o->level).add("logger", o->logger).add("grep", o->grep);
         if (!o->since.empty()) {
           const std::string since = since_text(o->since);
           if (since.empty())
             return session.usage("--since is a duration or a time, not " + o->since);
           query.add("since", since);
         }
         if (o->follow) {
           query.add("limit", o->limit).add_switch("follow", true);
           return print_stream(session, schema_of("log"), query.target());
         }
         Paging paging;
         paging.limit = o->limit;
         return print_pages(session, schema_of("log"), query.target(), paging);
       }}};
}

}  // namespace goaktctl
