#include "command.h"
#include "event.h"
#include "exit_codes.h"
#include "query.h"
#include "session.h"
#include "stream.h"

#include <nlohmann/json.hpp>

#include <memory>

namespace goaktctl {

std::vector<Command> trace_commands() {
  struct Options {
    std::string name;
    std::chrono::milliseconds time{10'000};
    std::int64_t most = 1'000;
    bool bodies = false;
  };

  auto o = std::make_shared<Options>();
  return {
      {"trace",
       "",
       {},
       "shows the messages that an actor handles, for a while",
       "POST /v1/trace",
       {"goaktctl trace order-7", "goaktctl trace order-7 --for 1m --max 100 --bodies -o ndjson"},
       {{"NAME", &o->name, "which actor", true, "@actor"},
        {"--for", &o->time, "how long, 10s"},
        {"--max", &o->most, "at most so many messages, 1000"},
        {"--bodies", &o->bodies, "with what they say"}},
       [o](Session& session) {
         const Document body = {{"actor", plain_name(o->name)},
                                {"forMs", o->time.count()},
                                {"max", o->most},
                                {"bodies", o->bodies}};
         Following once;
         bool broken = false;
         std::uint64_t count = 0;
         const int exit =
             follow(session, {"POST", "/v1/trace", body.dump(), "application/json", {}}, once,
                    [&](const Document& entry) {
                      print_stream_line(session, schema_of("trace"), entry);
                      ++count;
                      broken = !session.out().flush();
                      return !broken;
                    });
         if (broken) return static_cast<int>(Exit::broken_pipe);
         if (exit == Exit::ok && !session.settings().on("dry-run"))
           session.note(std::to_string(count) + " messages");
         return exit;
       },
       {Exit::not_found}}};
}

}  // namespace goaktctl
