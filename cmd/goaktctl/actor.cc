#include "command.h"
#include "exit_codes.h"
#include "output/text.h"
#include "paging.h"
#include "query.h"
#include "read_argument.h"
#include "session.h"
#include "watch.h"

#include <nlohmann/json.hpp>

#include <memory>
#include <sstream>
#include <unistd.h>

namespace goaktctl {

namespace {

const Schema& actor_schema() {
  return schema_of("actor");
}

std::string text_at(const Document& actor, std::string_view path) {
  const Document* value = at_path(actor, path);
  return value ? printable(cell_text(*value)) : "-";
}

// "2m0s", of a figure that may not be there; 0 units are no "-".
std::string time_at(const Document& actor, std::string_view path, double unit) {
  const Document* value = at_path(actor, path);
  return value && value->is_number() ? short_duration(value->get<double>() * unit) : "-";
}

std::string yes_at(const Document& actor, std::string_view path) {
  const Document* value = at_path(actor, path);
  if (!value || !value->is_boolean()) return "-";
  return value->get<bool>() ? "yes" : "no";
}

// "suspended (since 12s, reason: boom)"
std::string state_text(const Document& actor) {
  std::string text = text_at(actor, "state");
  const Document* since = at_path(actor, "stateSince");
  const Document* reason = at_path(actor, "stateReason");
  if (!since && !reason) return text;
  text += " (";
  if (since) {
    const Field field{"SINCE", "stateSince", FieldType::time};
    text += "since " + printable(cell_of(field, actor, std::chrono::system_clock::now()));
  }
  if (reason) text += (since ? ", reason: " : "reason: ") + printable(cell_text(*reason));
  return text + ")";
}

std::string passivation_text(const Document& actor) {
  std::string text = text_at(actor, "passivation.type");
  if (at_path(actor, "passivation.timeoutMs"))
    text += " " + time_at(actor, "passivation.timeoutMs", 1e-3);
  if (at_path(actor, "passivation.messages")) text += " " + text_at(actor, "passivation.messages");
  return yes_at(actor, "passivation.paused") == "yes" ? text + " (paused)" : text;
}

std::string stash_text(const Document& actor) {
  const std::string on = yes_at(actor, "stash.enabled");
  return on == "yes" ? text_at(actor, "stash.size") + " held" : on == "no" ? "off" : on;
}

// Only what is there: a node takes processing times with system.metrics only.
std::string took_text(const Document& actor) {
  const Document* took = at_path(actor, "metrics.lastProcessingNanos");
  if (!took || !took->is_number()) return "";
  return " · last took " + fine_duration(took->get<double>() * 1e-9);
}

std::string rate_text(const Document& actor) {
  const Document* rate = at_path(actor, "metrics.ratePerSecond");
  if (!rate || !rate->is_number()) return "";
  return " · " + short_number(rate->get<double>()) + " msg/s over " +
         time_at(actor, "metrics.rateSeconds", 1);
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
  line("State", state_text(actor));
  line("Node", text_at(actor, "node") + "   Role: " + text_at(actor, "role") + "   Singleton: " +
                   yes_at(actor, "singleton") + "   Relocatable: " + yes_at(actor, "relocatable"));
  line("Parent", text_at(actor, "parent"));
  line("Passivation", passivation_text(actor) + "   Stash: " + stash_text(actor) +
                          "   Reentrancy: " + text_at(actor, "reentrancy.mode"));
  line("Messages", "processed " + text_at(actor, "metrics.processed") + " · failed " +
                       text_at(actor, "metrics.failures") + took_text(actor) + " · mailbox " +
                       text_at(actor, "metrics.mailbox") + rate_text(actor));
  line("Restarts", text_at(actor, "metrics.restarts") + " · reinstated " +
                       text_at(actor, "metrics.reinstated") +
                       "   Children: " + text_at(actor, "metrics.children") +
                       "   Uptime: " + time_at(actor, "metrics.uptimeSeconds", 1));
  return out;
}

Command list_command() {
  struct Options {
    std::string prefix, kind, state, parent, role, filter, sort;
    bool system = false;
    Paging paging;
  };

  auto o = std::make_shared<Options>();
  return {
      "actor",
      "list",
      {"ls"},
      "lists actors, in no order",
      "GET /v1/actors",
      {"goaktctl ls", "goaktctl ls order- --state suspended",
       "goaktctl ls -l 'metrics.mailbox>1000'", "goaktctl ls -o name | wc -l", "goaktctl ls -w"},
      with_list_flags(
          {{"PREFIX", &o->prefix, "only names that begin so", false, "@actor"},
           {"--kind", &o->kind, "only this kind", false, "@kind"},
           {"--state", &o->state, "running, suspended or stopping", false,
            "running|suspended|stopping"},
           {"--parent", &o->parent, "only children of this actor", false, "@actor"},
           {"--role", &o->role, "only those that need this role"},
           {"-l,--filter", &o->filter,
            "terms with a comma between: kind=a,name~^o,metrics.mailbox>9"},
           {"--sort", &o->sort, "name, node or kind; what the filter leaves must fit one page",
            false, "name|node|kind"},
           {"--system", &o->system, "the runtime's own actors too"}},
          o->paging),
      [o](Session& session) {
        Query query("/v1/actors");
        query.add("prefix", plain_name(o->prefix)).add("kind", o->kind).add("state", o->state);
        query.add("parent", plain_name(o->parent)).add("role", o->role).add("filter", o->filter);
        query.add("sort", o->sort).add_switch("system", o->system);
        return print_pages(session, actor_schema(), query.target(), o->paging);
      }};
}

// `get` of one thing, once or with --watch. `picture`: its long form for people.
int print_actor(Session& session, const std::string& name, bool watch,
                std::chrono::milliseconds interval) {
  const std::string target = actor_target(name);
  if (!watch) {
    int exit = Exit::ok;
    const auto actor = session.get(target, exit);
    if (!actor) return exit;
    if (session.out().is_plain_table())
      session.out().raw(describe(*actor));
    else
      session.out().one(actor_schema(), *actor);
    return exit;
  }
  if (session.out().is_plain_table() && is_terminal(STDOUT_FILENO)) {
    return watch_picture(session, name, interval, [&](int& exit) -> std::optional<std::string> {
      const auto actor = session.get(target, exit);
      if (!actor) return std::nullopt;
      return describe(*actor);
    });
  }
  return watch_list(session, actor_schema(), interval,
                    [&](int& exit) -> std::optional<std::vector<Document>> {
                      auto actor = session.get(target, exit);
                      if (!actor) return std::nullopt;
                      return std::vector<Document>{std::move(*actor)};
                    });
}

Command get_command() {
  struct Options {
    std::string name;
    bool watch = false;
    std::chrono::milliseconds interval{2'000};
  };

  auto o = std::make_shared<Options>();
  return {"actor",
          "get",
          {"get"},
          "shows one actor",
          "GET /v1/actors/{name}",
          {"goaktctl get order-7", "goaktctl get order-7 -o json",
           "goaktctl get orders/order-7 --jq .metrics.mailbox", "goaktctl get order-7 -w"},
          {{"NAME", &o->name, "name, PARENT/NAME, or a whole address", true, "@actor"},
           {"-w,--watch", &o->watch, "again and again"},
           {"--interval", &o->interval, "of --watch, 2s"}},
          [o](Session& session) { return print_actor(session, o->name, o->watch, o->interval); },
          {Exit::not_found}};
}

Command spawn_command() {
  struct Options {
    std::string name, kind, parent, role, supervisor;
    std::vector<std::string> dependencies;
    std::chrono::milliseconds passivate_after{0};
    std::chrono::milliseconds init_timeout{0};
    std::int64_t passivate_messages = 0;
    bool long_lived = false;
    bool relocatable = true;
    bool stash = false;
    bool if_absent = false;
    // What only a cluster can do.
    std::string placement, dc;
    bool singleton = false;
    std::chrono::milliseconds spawn_timeout{0};
    std::chrono::milliseconds wait_interval{0};
    std::int64_t max_retries = 0;
  };

  auto o = std::make_shared<Options>();
  return {
      "actor",
      "spawn",
      {"spawn"},
      "starts an actor of a registered kind",
      "POST /v1/actors",
      {"goaktctl spawn hello --kind demo.echo", "goaktctl spawn hello --kind demo.echo --if-absent",
       "goaktctl spawn cache --kind demo.echo --passivate-after 30s"},
      {{"NAME", &o->name, "the new actor's name", true},
       {"--kind", &o->kind, "one of: goaktctl kind list", true, "@kind"},
       {"--parent", &o->parent, "make it a child of this actor", false, "@actor"},
       {"--role", &o->role, "the role it needs"},
       {"--relocatable", &o->relocatable, "may move to another node; on unless --no-"},
       {"--long-lived", &o->long_lived, "never passivated"},
       {"--passivate-after", &o->passivate_after, "passivated when idle for so long"},
       {"--passivate-messages", &o->passivate_messages, "passivated after so many messages"},
       {"--stash", &o->stash, "with a stash buffer"},
       {"--supervisor", &o->supervisor, "JSON, or @FILE: strategy and directives"},
       {"--dependency", &o->dependencies,
        "{\"type\": T, \"text\" or \"raw\": what it reads}, or @FILE; repeatable"},
       {"--init-timeout", &o->init_timeout, "for its start"},
       {"--if-absent", &o->if_absent, "well if it is there with the same kind"},
       {"--placement", &o->placement, "how its node is chosen: rr, random, local or least-load",
        false, "rr|random|local|least-load"},
       {"--dc", &o->dc, "in this data center"},
       {"--singleton", &o->singleton, "one of it in the whole cluster"},
       {"--spawn-timeout", &o->spawn_timeout, "of a singleton, for its start"},
       {"--wait-interval", &o->wait_interval, "of a singleton, between two tries"},
       {"--max-retries", &o->max_retries, "of a singleton, so many tries"}},
      [o](Session& session) -> int {
        Document body = {{"name", o->name}, {"kind", o->kind}};
        if (!o->parent.empty()) body["parent"] = plain_name(o->parent);
        if (!o->role.empty()) body["role"] = o->role;
        if (!o->relocatable) body["relocatable"] = false;
        if (o->long_lived) body["longLived"] = true;
        if (o->passivate_after.count() > 0) body["passivateAfterMs"] = o->passivate_after.count();
        if (o->passivate_messages > 0) body["passivateMessages"] = o->passivate_messages;
        if (o->stash) body["stash"] = true;
        if (o->init_timeout.count() > 0) body["initTimeoutMs"] = o->init_timeout.count();
        if (o->if_absent) body["ifAbsent"] = true;
        if (!o->placement.empty()) body["placement"] = o->placement;
        if (!o->dc.empty()) body["dc"] = o->dc;
        if (o->singleton) body["singleton"] = true;
        if (o->spawn_timeout.count() > 0) body["spawnTimeoutMs"] = o->spawn_timeout.count();
        if (o->wait_interval.count() > 0) body["waitIntervalMs"] = o->wait_interval.count();
        if (o->max_retries > 0) body["maxRetries"] = o->max_retries;
        std::string complaint;
        if (!o->supervisor.empty()) {
          auto supervisor = json_argument(o->supervisor, complaint);
          if (!supervisor) return session.usage("--supervisor: " + complaint);
          body["supervisor"] = std::move(*supervisor);
        }
        for (const std::string& text : o->dependencies) {
          auto dependency = json_argument(text, complaint);
          if (!dependency) return session.usage("--dependency: " + complaint);
          body["dependencies"].push_back(std::move(*dependency));
        }
        int exit = Exit::ok;
        const auto actor = session.post("/v1/actors", body, exit);
        if (actor) session.out().one(actor_schema(), *actor);
        return exit;
      },
      {Exit::not_found, Exit::conflict, Exit::unsupported}};
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
    // The rest would fare alike.
    if (code == Exit::unreachable || code == Exit::denied) return code;
  }
  if (failures != 0 && failures < names.size()) {
    session.note(std::to_string(failures) + " of " + std::to_string(names.size()) + " failed");
    return Exit::partial;
  }
  return exit;
}

// The names on the line and those of -f, one per line.
std::optional<std::vector<std::string>> names_of(Session& session,
                                                 const std::vector<std::string>& given,
                                                 const std::string& file, int& exit) {
  std::vector<std::string> names = given;
  if (!file.empty()) {
    const auto text = read_argument(file == "-" ? file : "@" + file);
    if (!text) {
      exit = session.usage("cannot read " + file);
      return std::nullopt;
    }
    std::istringstream lines(*text);
    for (std::string line; std::getline(lines, line);)
      if (!line.empty()) names.push_back(line);
  }
  if (!names.empty()) return names;
  exit = session.usage("NAME is required", "names, or -f FILE");
  return std::nullopt;
}

Command stop_command() {
  struct Options {
    std::vector<std::string> names;
    std::string file;
    bool if_exists = false;
  };

  auto o = std::make_shared<Options>();
  return {"actor",
          "stop",
          {"kill"},
          "stops actors and their children; PostStop runs",
          "DELETE /v1/actors/{name}",
          {"goaktctl kill order-7", "goaktctl ls tmp- -o name | xargs goaktctl kill -y",
           "goaktctl ls tmp- -o name | goaktctl kill -y -f -"},
          {{"NAME", &o->names, "names, or actor/NAME", false, "@actor"},
           {"-f,--file", &o->file, "one name per line; - is stdin", false, "@file"},
           {"--if-exists", &o->if_exists, "well if it is not there"}},
          [o](Session& session) -> int {
            int exit = Exit::ok;
            const auto names = names_of(session, o->names, o->file, exit);
            if (!names) return exit;
            const std::string first(plain_name(names->front()));
            const std::string what = names->size() == 1 ? first + " and its children"
                                                        : with_thousands(names->size()) + " actors";
            if (const auto no = session.confirm("Stop " + what, first)) return *no;
            return for_each_name(session, *names, [&](const std::string& name) -> int {
              Query query(actor_target(name));
              query.add_switch("ifExists", o->if_exists);
              int code = Exit::ok;
              if (!session.send({"DELETE", query.target(), {}, {}, {}}, code)) return code;
              const std::string plain(plain_name(name));
              if (session.out().is_plain_table())
                session.out().raw("stopped " + printable(plain) + "\n");
              else
                session.out().one(actor_schema(), {{"name", plain}, {"state", "stopped"}});
              return Exit::ok;
            });
          },
          {Exit::not_found, Exit::conflict, Exit::partial}};
}

Command verb_command(const char* verb, std::vector<std::string> words, const char* summary,
                     const char* path, const Document& body, const char* example) {
  auto names = std::make_shared<std::vector<std::string>>();
  return {"actor",
          verb,
          std::move(words),
          summary,
          std::string("POST /v1/actors/{name}/") + path,
          {example},
          {{"NAME", names.get(), "names, or actor/NAME", true, "@actor"}},
          [names, path, body](Session& session) {
            return for_each_name(session, *names, [&](const std::string& name) {
              int exit = Exit::ok;
              const auto actor =
                  session.post(actor_target(name, std::string("/") + path), body, exit);
              if (actor) session.out().one(actor_schema(), *actor);
              return exit;
            });
          },
          {Exit::not_found, Exit::conflict, Exit::partial}};
}

}  // namespace

std::vector<Command> actor_commands() {
  const Document none = Document::object();
  return {list_command(),
          get_command(),
          spawn_command(),
          stop_command(),
          verb_command("restart", {"respawn"}, "restarts actors: PostStop, then PreStart",
                       "restart", none, "goaktctl respawn order-7"),
          verb_command("reinstate", {}, "lets suspended actors go on", "reinstate", none,
                       "goaktctl ls --state suspended -o name | xargs goaktctl actor reinstate"),
          verb_command("passivate", {"passivate"}, "passivates actors now", "passivate", none,
                       "goaktctl passivate order-7"),
          verb_command("pause-passivation", {}, "keeps actors from being passivated", "passivation",
                       {{"paused", true}}, "goaktctl actor pause-passivation order-7"),
          verb_command("resume-passivation", {}, "lets actors be passivated again", "passivation",
                       {{"paused", false}}, "goaktctl actor resume-passivation order-7")};
}

}  // namespace goaktctl
