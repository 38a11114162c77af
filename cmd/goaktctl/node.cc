#include "command.h"
#include "exit_codes.h"
#include "goakt/base/build_id.h"
#include "output/text.h"
#include "paging.h"
#include "query.h"
#include "session.h"
#include "watch.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <memory>
#include <numeric>
#include <unistd.h>

namespace goaktctl {

namespace {

std::string node_target(const std::string& id, std::string_view rest = {}) {
  return item_target("/v1/nodes", id.empty() ? "self" : plain_id("node", id), rest);
}

// The node on the line, else that of -n, else the one that answers.
std::string chosen(Session& session, const std::string& id) {
  return id.empty() ? session.settings().text("node") : id;
}

Command list_command() {
  struct Options {
    std::string role, state, impl;
    Paging paging;
  };

  auto o = std::make_shared<Options>();
  return {"node",
          "list",
          {"members", "nodes"},
          "lists the nodes",
          "GET /v1/nodes",
          {"goaktctl members", "goaktctl nodes --state active -o name", "goaktctl members -w",
           "goaktctl members -o wide"},
          with_list_flags(
              {{"--role", &o->role, "only with this role"},
               {"--state", &o->state, "only in this state; those that are gone are shown so only",
                false, "active|suspect|dead|left|stopping|cordoned|draining|leaving"},
               {"--impl", &o->impl, "cpp or go", false, "cpp|go"}},
              o->paging),
          [o](Session& session) {
            Query query("/v1/nodes");
            query.add("role", o->role).add("state", o->state).add("impl", o->impl);
            return print_pages(session, schema_of("node"), query.target(), o->paging);
          }};
}

Command get_command() {
  struct Options {
    std::string id;
    bool watch = false;
    std::chrono::milliseconds interval{2'000};
  };

  auto o = std::make_shared<Options>();
  return {"node",
          "get",
          {},
          "shows one node",
          "GET /v1/nodes/{node}",
          {"goaktctl node get self", "goaktctl node get 10.0.0.4:3320 -o yaml"},
          {{"ID", &o->id, "its id, or self", false, "@node"},
           {"-w,--watch", &o->watch, "again and again"},
           {"--interval", &o->interval, "of --watch, 2s"}},
          [o](Session& session) {
            const std::string target = node_target(chosen(session, o->id));
            int exit = Exit::ok;
            if (o->watch) {
              return watch_list(session, schema_of("node"), o->interval,
                                [&](int& code) -> std::optional<std::vector<Document>> {
                                  auto node = session.get(target, code);
                                  if (!node) return std::nullopt;
                                  return std::vector<Document>{std::move(*node)};
                                });
            }
            const auto node = session.get(target, exit);
            if (node) session.out().one(schema_of("node"), *node);
            return exit;
          },
          {Exit::not_found}};
}

Command ping_command() {
  struct Options {
    std::string id;
    std::int64_t count = 5;
  };

  auto o = std::make_shared<Options>();
  return {
      "node",
      "ping",
      {},
      "measures the way to a node and back",
      "POST /v1/nodes/{node}/ping",
      {"goaktctl node ping self --count 100"},
      {{"ID", &o->id, "its id, IP:PORT of its remoting, or self", false, "@node"},
       {"--count", &o->count, "how often, 5"}},
      [o](Session& session) {
        int exit = Exit::ok;
        auto answer =
            session.post(node_target(chosen(session, o->id), "/ping"), {{"count", o->count}}, exit);
        if (!answer) return exit;
        std::vector<double> times;
        if (const Document* list = at_path(*answer, "rttNanos"); list && list->is_array())
          for (const Document& time : *list)
            if (time.is_number()) times.push_back(time.get<double>() / 1e9);
        if (!session.out().is_table() || times.empty()) {
          session.out().document(*answer);
          return exit;
        }
        const auto [least, most] = std::minmax_element(times.begin(), times.end());
        const double mean =
            std::accumulate(times.begin(), times.end(), 0.0) / static_cast<double>(times.size());
        session.out().raw(std::to_string(times.size()) + " pings  min " + fine_duration(*least) +
                          "  avg " + fine_duration(mean) + "  max " + fine_duration(*most) + "\n");
        return exit;
      },
      {Exit::not_found, Exit::unsupported}};
}

Command log_level_command() {
  struct Options {
    std::string id, level;
    std::chrono::milliseconds time{0};
  };

  auto o = std::make_shared<Options>();
  return {"node",
          "log-level",
          {},
          "changes how much a node logs, for good or for a while",
          "PATCH /v1/nodes/{node}",
          {"goaktctl node log-level self debug --for 10m"},
          {{"ID", &o->id, "its id, or self", true, "@node"},
           {"LEVEL", &o->level, "debug, info, warn, error", true, "debug|info|warn|error|fatal"},
           {"--for", &o->time, "then as configured again"}},
          [o](Session& session) {
            Document body = {{"logLevel", o->level}};
            if (o->time.count() > 0) body["logLevelForMs"] = o->time.count();
            int exit = Exit::ok;
            const auto node = session.send(
                {"PATCH", node_target(o->id), body.dump(), "application/merge-patch+json", {}},
                exit);
            if (node) session.out().one(schema_of("node"), *node);
            return exit;
          },
          {Exit::not_found}};
}

Command weight_command() {
  struct Options {
    std::string id;
    std::int64_t weight = 0;
  };

  auto o = std::make_shared<Options>();
  return {"node",
          "weight",
          {},
          "changes a node's share of new actors",
          "PATCH /v1/nodes/{node}",
          {"goaktctl node weight self 50"},
          {{"ID", &o->id, "its id, or self", true, "@node"},
           {"N", &o->weight, "0 to 1000; 100 is usual", true}},
          [o](Session& session) {
            const Document body = {{"weight", o->weight}};
            int exit = Exit::ok;
            const auto node = session.send(
                {"PATCH", node_target(o->id), body.dump(), "application/merge-patch+json", {}},
                exit);
            if (node) session.out().one(schema_of("node"), *node);
            return exit;
          },
          {Exit::not_found, Exit::conflict}};
}

// Of every node that the endpoint knows; one that does not answer keeps its line.
int print_all_versions(Session& session) {
  static const Schema schema{"Version",
                             "version",
                             "node",
                             "What runs on a node.",
                             {{"NODE", "node", FieldType::text, 1000},
                              {"VERSION", "version", FieldType::text, 90},
                              {"BUILD", "buildId", FieldType::text, 60},
                              {"SYSTEM", "system", FieldType::text, 70},
                              {"IMPL", "impl", FieldType::text, 80},
                              {"PROBLEM", "problem", FieldType::text, 50}}};
  int exit = Exit::ok;
  const auto nodes = session.get("/v1/nodes", exit);
  if (!nodes) return exit;
  std::vector<Document> versions;
  const Document* items = at_path(*nodes, "items");
  for (const Document& node : items ? *items : Document::array()) {
    const std::string id = node.value("id", "");
    auto answer = session.client().get(Query("/v1/version").add("node", id).target());
    Document version = answer ? Document::parse(answer->body, nullptr, false) : Document::object();
    if (!version.is_object()) version = Document::object();
    if (!answer) {
      version = {{"node", id}, {"problem", answer.error().code}};
      exit = answer.error().exit;
    }
    versions.push_back(std::move(version));
  }
  session.out().list(schema, versions, {});
  return exit;
}

int print_version(Session& session, bool client_only) {
  Document versions = {{"client", {{"version", GOAKTCTL_VERSION}, {"buildId", GOAKT_BUILD_ID}}}};
  int exit = Exit::ok;
  if (!client_only) {
    const auto server = session.get("/v1/version", exit);
    if (server) versions["server"] = *server;
  }
  if (!session.out().is_table()) {
    session.out().document(versions);
    return exit;
  }
  session.out().raw("goaktctl  " GOAKTCTL_VERSION "  build " GOAKT_BUILD_ID "\n");
  if (!versions.contains("server")) return exit;
  const auto text = [&](const char* key) {
    const Document* value = at_path(versions["server"], key);
    return value ? printable(cell_text(*value)) : std::string("-");
  };
  session.out().raw("goaktd    " + text("version") + "  build " + text("buildId") + "  system " +
                    text("system") + " at " + text("node") + "\n");
  return exit;
}

// 200 and 503 both have the list of checks; anything else is a failure of the call.
int print_health(Session& session, const std::string& probe) {
  auto answer = session.client().get("/" + probe + "?verbose=1");
  const bool bad = !answer;
  if (bad && answer.error().status != 503) return session.report(answer.error());
  Document report = Document::parse(bad ? answer.error().document : answer->body, nullptr, false);
  if (report.is_discarded()) report = {{"status", bad ? "failing" : "ok"}};
  if (bad && !report.contains("checks")) {
    session.report(answer.error());
    return Exit::unhealthy;
  }
  if (!session.out().is_plain_table()) {
    session.out().document(report);
  } else if (!bad) {
    session.out().raw("ok\n");
  } else {
    session.out().raw("failing\n");
    for (const Document& check : report["checks"]) {
      if (!check.is_object() || check.value("ok", false)) continue;
      const Document* name = at_path(check, "name");
      const Document* detail = at_path(check, "detail");
      session.out().raw("  " + (name ? printable(plain_text(*name)) : "-") +
                        (detail ? ": " + printable(plain_text(*detail)) : "") + "\n");
    }
  }
  return bad ? Exit::unhealthy : Exit::ok;
}

}  // namespace

std::vector<Command> node_commands() {
  auto live = std::make_shared<bool>(false);
  auto ready = std::make_shared<bool>(false);
  auto startup = std::make_shared<bool>(false);
  auto client_only = std::make_shared<bool>(false);
  auto all = std::make_shared<bool>(false);
  return {list_command(),
          get_command(),
          ping_command(),
          log_level_command(),
          weight_command(),
          {"health",
           "",
           {},
           "whether the node is well; exit 11 when not",
           "GET /readyz",
           {"goaktctl health", "goaktctl health --live"},
           {{"--live", live.get(), "alive at all"},
            {"--ready", ready.get(), "ready for work; this is what is asked without a flag"},
            {"--startup", startup.get(), "started"}},
           [=](Session& session) {
             return print_health(session, *live ? "livez" : *startup ? "startupz" : "readyz");
           },
           {Exit::unhealthy}},
          {"version",
           "",
           {},
           "versions of this tool and of the node; exit 6 when no node answers",
           "GET /v1/version",
           {"goaktctl version", "goaktctl version --all", "goaktctl version --client -o json"},
           {{"--client", client_only.get(), "of this tool alone"},
            {"--all", all.get(), "of all nodes"}},
           [=](Session& session) {
             return *all ? print_all_versions(session) : print_version(session, *client_only);
           }}};
}

}  // namespace goaktctl
