#include "command.h"
#include "exit_codes.h"
#include "output/text.h"
#include "paging.h"
#include "query.h"
#include "session.h"

#include <nlohmann/json.hpp>

#include <memory>

namespace goaktctl {

namespace {

const Schema& actor_schema() {
  static const Schema schema{
      "actor",
      {{"NAME", "name", false, 1000},
       {"KIND", "actorKind", false, 80},
       {"STATE", "state", false, 90},
       {"MAILBOX", "metrics.mailbox", true, 70},
       {"PROCESSED", "metrics.processed", true, 60},
       {"RESTARTS", "metrics.restarts", true, 40},
       {"CHILDREN", "metrics.children", true, 30},
       {"PARENT", "parent", false, 50},
       {"UPTIME", "metrics.uptimeSeconds", true, 20, true,
        [](const Document& v) { return v.is_number() ? short_duration(v.get<double>()) : "-"; }},
       {"ADDRESS", "address", false, 10, true}}};
  return schema;
}

std::string text_at(const Document& actor, std::string_view path) {
  const Document* value = at_path(actor, path);
  return value ? printable(cell_text(*value)) : "-";
}

// The long form of one actor.
std::string describe(const Document& actor) {
  std::string out;
  const auto line = [&](const char* title, const std::string& text) {
    std::string head = std::string(title) + ":";
    head.resize(13, ' ');
    out += head + text + "\n";
  };
  line("Name", text_at(actor, "name"));
  line("Address", text_at(actor, "address"));
  line("Kind", text_at(actor, "actorKind"));
  line("Incarnation", text_at(actor, "incarnation"));
  const Document* reason = at_path(actor, "stateReason");
  line("State", text_at(actor, "state") +
                    (reason ? " (" + printable(cell_text(*reason)) + ")" : std::string()));
  line("Parent", text_at(actor, "parent"));
  const Document* uptime = at_path(actor, "metrics.uptimeSeconds");
  line("Messages", "processed " + text_at(actor, "metrics.processed") + " · failed " +
                       text_at(actor, "metrics.failures") + " · mailbox " +
                       text_at(actor, "metrics.mailbox"));
  line("Restarts",
       text_at(actor, "metrics.restarts") + "   Children: " + text_at(actor, "metrics.children") +
           "   Uptime: " +
           (uptime && uptime->is_number() ? short_duration(uptime->get<double>()) : "-"));
  return out;
}

Command list_command() {
  struct Options {
    std::string prefix, kind, state, parent;
    bool system = false;
    Paging paging;
  };

  auto o = std::make_shared<Options>();
  return {"actor",
          "list",
          {"ls"},
          "lists actors, in no order",
          "GET /v1/actors",
          {"goaktctl ls", "goaktctl ls order- --state suspended", "goaktctl ls -o name | wc -l"},
          {{"PREFIX", &o->prefix, "only names that begin so"},
           {"--kind", &o->kind, "only this kind"},
           {"--state", &o->state, "running, suspended or stopping"},
           {"--parent", &o->parent, "only children of this actor"},
           {"--system", &o->system, "the runtime's own actors too"},
           {"--limit", &o->paging.limit, "at most this many"},
           {"--all", &o->paging.all, "tables of more than 10 000 rows"}},
          [o](Session& session) {
            Query query("/v1/actors");
            query.add("prefix", o->prefix).add("kind", o->kind).add("state", o->state);
            query.add("parent", o->parent).add_switch("system", o->system);
            return print_pages(session, actor_schema(), query.target(), o->paging);
          }};
}

Command get_command() {
  auto name = std::make_shared<std::string>();
  return {"actor",
          "get",
          {"get"},
          "shows one actor",
          "GET /v1/actors/{name}",
          {"goaktctl get order-7", "goaktctl get order-7 -o json"},
          {{"NAME", name.get(), "name, or PARENT/NAME", true}},
          [name](Session& session) {
            int exit = Exit::ok;
            const auto actor = session.get(actor_target(*name), exit);
            if (!actor) return exit;
            if (session.out().is_table() && session.globals().columns.empty())
              session.out().raw(describe(*actor));
            else
              session.out().one(actor_schema(), *actor);
            return exit;
          }};
}

Command spawn_command() {
  struct Options {
    std::string name, kind, parent, role;
    std::chrono::milliseconds passivate_after{0};
    std::chrono::milliseconds init_timeout{0};
    std::int64_t passivate_messages = 0;
    bool long_lived = false;
    bool stash = false;
    bool if_absent = false;
  };

  auto o = std::make_shared<Options>();
  return {"actor",
          "spawn",
          {"spawn"},
          "starts an actor of a registered kind",
          "POST /v1/actors",
          {"goaktctl spawn hello --kind demo.echo",
           "goaktctl spawn hello --kind demo.echo --if-absent"},
          {{"NAME", &o->name, "the new actor's name", true},
           {"--kind", &o->kind, "one of: goaktctl kind list", true},
           {"--parent", &o->parent, "make it a child of this actor"},
           {"--role", &o->role, "the role it needs"},
           {"--long-lived", &o->long_lived, "never passivated"},
           {"--passivate-after", &o->passivate_after, "passivated when idle for so long"},
           {"--passivate-messages", &o->passivate_messages, "passivated after so many messages"},
           {"--stash", &o->stash, "with a stash buffer"},
           {"--init-timeout", &o->init_timeout, "for its start"},
           {"--if-absent", &o->if_absent, "well if it is there with the same kind"}},
          [o](Session& session) {
            Document body = {{"name", o->name}, {"kind", o->kind}};
            if (!o->parent.empty()) body["parent"] = o->parent;
            if (!o->role.empty()) body["role"] = o->role;
            if (o->long_lived) body["longLived"] = true;
            if (o->passivate_after.count() > 0)
              body["passivateAfterMs"] = o->passivate_after.count();
            if (o->passivate_messages > 0) body["passivateMessages"] = o->passivate_messages;
            if (o->stash) body["stash"] = true;
            if (o->init_timeout.count() > 0) body["initTimeoutMs"] = o->init_timeout.count();
            if (o->if_absent) body["ifAbsent"] = true;
            int exit = Exit::ok;
            const auto actor = session.post("/v1/actors", body, exit);
            if (actor) session.out().one(actor_schema(), *actor);
            return exit;
          }};
}

// For commands that do one thing to each of several names: the worst exit code, 10 when it was
// mixed.
int for_each_name(Session& session, const std::vector<std::string>& names,
                  const std::function<int(const std::string&)>& act) {
  int exit = Exit::ok;
  std::size_t failures = 0;
  for (const std::string& name : names) {
    const int code = act(name);
    if (code == Exit::ok) continue;
    ++failures;
    exit = worse(exit, code);
    if (code == Exit::unreachable || code == Exit::denied)
      return code;  // the rest would fare alike
  }
  if (failures != 0 && failures < names.size()) {
    session.note(std::to_string(failures) + " of " + std::to_string(names.size()) + " failed");
    return Exit::partial;
  }
  return exit;
}

Command stop_command() {
  struct Options {
    std::vector<std::string> names;
    bool if_exists = false;
  };

  auto o = std::make_shared<Options>();
  return {
      "actor",
      "stop",
      {"kill"},
      "stops actors and their children; PostStop runs",
      "DELETE /v1/actors/{name}",
      {"goaktctl kill order-7", "goaktctl ls tmp- -o name | xargs goaktctl kill -y"},
      {{"NAME", &o->names, "names, or actor/NAME", true},
       {"--if-exists", &o->if_exists, "well if it is not there"}},
      [o](Session& session) {
        return for_each_name(session, o->names, [&](const std::string& name) -> int {
          Query query(actor_target(name));
          query.add_switch("ifExists", o->if_exists);
          const auto result = session.client().erase(query.target());
          if (!result) return session.report(result.error());
          if (session.out().is_table()) {
            session.out().raw("stopped " + printable(plain_name(name)) + "\n");
          } else {
            session.out().one(actor_schema(), {{"name", plain_name(name)}, {"state", "stopped"}});
          }
          return Exit::ok;
        });
      }};
}

Command verb_command(const char* verb, std::vector<std::string> words, const char* summary) {
  auto names = std::make_shared<std::vector<std::string>>();
  return {"actor",
          verb,
          std::move(words),
          summary,
          std::string("POST /v1/actors/{name}/") + verb,
          {},
          {{"NAME", names.get(), "names, or actor/NAME", true}},
          [names, verb](Session& session) {
            return for_each_name(session, *names, [&](const std::string& name) {
              int exit = Exit::ok;
              const auto actor = session.post(actor_target(name, std::string("/") + verb),
                                              Document::object(), exit);
              if (actor) session.out().one(actor_schema(), *actor);
              return exit;
            });
          }};
}

}  // namespace

std::vector<Command> actor_commands() {
  return {list_command(),
          get_command(),
          spawn_command(),
          stop_command(),
          verb_command("restart", {"respawn"}, "restarts actors: PostStop, then PreStart"),
          verb_command("reinstate", {}, "lets suspended actors go on")};
}

}  // namespace goaktctl
