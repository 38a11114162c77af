#include "event.h"

#include "exit_codes.h"
#include "goakt/base/text.h"
#include "output/text.h"
#include "paging.h"
#include "query.h"
#include "stream.h"

#include <nlohmann/json.hpp>

#include <memory>
#include <unistd.h>

namespace goaktctl {

namespace {

// One line for people: widths are fixed, because what comes later is not known.
std::string stream_line(const std::vector<Field>& fields, const Document& thing) {
  std::string text;
  for (const Field& field : fields) {
    const Document* value = at_path(thing, field.path);
    std::string cell = value ? printable(cell_text(*value)) : "-";
    const bool is_time = field.type == FieldType::time || field.path == "time";
    if (is_time && cell.size() >= 23) cell = cell.substr(11, 12);
    const std::size_t width = is_time ? 12 : 20;
    text += cell;
    text += std::string(cell.size() < width ? width - display_width(cell) : 0, ' ') + "  ";
  }
  text.erase(text.find_last_not_of(' ') + 1);
  return text + "\n";
}

Command watch_command(const char* noun, const char* verb, std::vector<std::string> words) {
  auto o = std::make_shared<EventOptions>();
  const bool of_actor = std::string(noun) == "actor";
  std::vector<Flag> flags;
  if (of_actor)
    flags.push_back({"NAME", &o->actor, "whose life", true, "@actor"});
  else
    flags.push_back({"--actor", &o->actor, "only of this actor", false, "@actor"});
  flags.push_back({"--type", &o->types, "only these: actor.started, deadletter, ...; repeatable",
                   false,
                   "actor.started|actor.stopped|actor.passivated|actor.restarted|actor.suspended|"
                   "actor.reinstated|actor.child-created|deadletter|node.joined|node.left|"
                   "node.leader-changed|operation.changed|config.reloaded"});
  flags.push_back({"--since", &o->since, "10m, or a time: kept ones from then on"});
  flags.push_back({"--limit", &o->limit, "of the kept ones, the newest"});
  flags.push_back({"-f,--follow", &o->follow, "go on with what comes; on a terminal it does"});
  flags.push_back({"--once", &o->no_follow, "the kept ones only"});
  return {noun,
          verb,
          std::move(words),
          of_actor ? "follows the life of one actor" : "follows what happens on the node",
          of_actor ? "GET /v1/events?actor=NAME" : "GET /v1/events",
          of_actor ? std::vector<std::string>{"goaktctl actor watch order-7"}
                   : std::vector<std::string>{"goaktctl events", "goaktctl events -f -o ndjson",
                                              "goaktctl events --since 10m --type actor.suspended"},
          std::move(flags),
          [o](Session& session) -> int {
            Query query("/v1/events");
            std::string types;
            for (const std::string& type : o->types) types += (types.empty() ? "" : ",") + type;
            query.add("type", types).add("actor", plain_name(o->actor));
            if (!o->since.empty()) {
              const std::string since = since_text(o->since);
              if (since.empty())
                return session.usage("--since is a duration or a time, not " + o->since);
              query.add("since", since);
            }
            const bool follow = o->follow || (is_terminal(STDOUT_FILENO) && !o->no_follow);
            if (o->limit > 0) query.add("limit", o->limit);
            if (!follow) {
              Paging paging;
              paging.limit = o->limit;
              return print_pages(session, schema_of("event"), query.target(), paging);
            }
            query.add_switch("follow", true);
            return print_stream(session, schema_of("event"), query.target());
          }};
}

}  // namespace

std::string since_text(const std::string& since) {
  std::chrono::milliseconds ago{0};
  if (goakt::parse_duration(since, ago)) return format_time(std::chrono::system_clock::now() - ago);
  return parse_time(since) ? since : std::string();
}

void print_stream_line(Session& session, const Schema& schema, const Document& thing) {
  if (session.out().is_table())
    session.out().raw(stream_line(session.out().fields(schema), thing));
  else
    session.out().line(schema, thing);
}

int print_stream(Session& session, const Schema& schema, const std::string& target) {
  bool broken = false;
  Following following;
  following.resumes = true;
  const int exit =
      follow(session, {"GET", target, {}, {}, {}}, following, [&](const Document& thing) {
        print_stream_line(session, schema, thing);
        broken = !session.out().flush();
        return !broken;
      });
  return broken ? Exit::broken_pipe : exit;
}

std::vector<Command> event_commands() {
  auto o = std::make_shared<EventOptions>();
  auto paging = std::make_shared<Paging>();
  Command list = {"event",
                  "list",
                  {},
                  "lists the last events of the node",
                  "GET /v1/events",
                  {"goaktctl event list --type actor.suspended"},
                  with_list_flags({{"--type", &o->types, "only these; repeatable"},
                                   {"--actor", &o->actor, "only of this actor", false, "@actor"}},
                                  *paging),
                  [o, paging](Session& session) {
                    Query query("/v1/events");
                    std::string types;
                    for (const std::string& type : o->types)
                      types += (types.empty() ? "" : ",") + type;
                    query.add("type", types).add("actor", plain_name(o->actor));
                    return print_pages(session, schema_of("event"), query.target(), *paging);
                  }};
  return {watch_command("event", "watch", {"events"}), std::move(list),
          watch_command("actor", "watch", {})};
}

}  // namespace goaktctl
