#include "archive_writer.h"
#include "command.h"
#include "exit_codes.h"
#include "goakt/base/build_id.h"
#include "output/screen.h"
#include "output/text.h"
#include "query.h"
#include "secrets.h"
#include "session.h"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <memory>
#include <unistd.h>

namespace goaktctl {

namespace {

using Clock = std::chrono::steady_clock;

// One file of the bundle and the call that fills it.
struct Part {
  const char* name;
  const char* target;
  bool lines = false;  // a list, written as one object per line
  bool text = false;   // no JSON
  bool log = false;
  bool dated = false;  // --since is about it
};

constexpr Part kParts[] = {
    {"version.json", "/v1/version"},
    {"node.json", "/v1/nodes/self"},
    {"config.json", "/v1/nodes/self/config"},
    {"health.json", "/readyz?verbose=1"},
    {"partitions.json", "/v1/partitions"},
    {"kinds.json", "/v1/kinds"},
    {"tree.json", "/v1/tree?depth=3&maxChildren=100&system=true"},
    {"top.json", "/v1/top?rows=50&windowMs=500"},
    {"schedules.json", "/v1/schedules?limit=1000"},
    {"operations.json", "/v1/operations?limit=1000"},
    {"metrics.prom", "/metrics", false, true},
    {"events.ndjson", "/v1/events?limit=1000", true, false, false, true},
    {"deadletters.ndjson", "/v1/deadletters?limit=1000", true, false, false, true},
    {"log.ndjson", "/v1/logs?limit=1000", true, false, true, true},
    {"stacks.txt", "/v1/debug/stacks", false, true},
};

std::string dumped(const Document& document, int indent) {
  return document.dump(indent, ' ', false, Document::error_handler_t::replace) + "\n";
}

// Without bodies of messages, which may hold anything.
std::string lines_of(const Document& list) {
  std::string text;
  const Document* items = at_path(list, "items");
  if (!items || !items->is_array()) return text;
  for (Document item : *items) {
    item.erase("message");
    text += dumped(item, -1);
  }
  return text;
}

// Whether a node that cannot do this is a failure, or simply that node.
bool is_expected(const goakt::admin::CallFailure& failure) {
  return failure.exit == Exit::unsupported || failure.exit == Exit::not_found;
}

// What this side sees: how long the node takes to answer, how far the clocks are apart.
Document doctor(Session& session) {
  Document report = {{"client", GOAKTCTL_VERSION},
                     {"buildId", GOAKT_BUILD_ID},
                     {"endpoint", session.client().endpoint().to_string()}};
  Document times = Document::array();
  for (int i = 0; i < 5; ++i) {
    const auto begin = Clock::now();
    const auto answer = session.client().get("/v1/version");
    times.push_back(std::chrono::duration<double, std::milli>(Clock::now() - begin).count());
    if (!answer) report["failure"] = answer.error().detail;
  }
  report["latencyMs"] = std::move(times);
  report["time"] = format_time(std::chrono::system_clock::now());
  return report;
}

struct Options {
  std::string file;
  std::string since;
  std::vector<std::string> nodes;
  bool no_logs = false;
};

// The nodes whose files are wanted, by id; nothing, and the exit code, when one cannot be had.
std::optional<std::vector<std::string>> nodes_of(Session& session, const Options& o, int& exit) {
  std::vector<std::string> wanted;
  for (const std::string& list : o.nodes)
    for (const std::string& id : split_commas(list)) wanted.emplace_back(plain_id("node", id));
  if (wanted.empty()) wanted.emplace_back("self");
  std::vector<std::string> ids;
  const auto add = [&ids](const Document& node) {
    if (const Document* id = at_path(node, "id")) ids.push_back(plain_text(*id));
  };
  for (const std::string& id : wanted) {
    const bool all = id == "all";
    const auto answer = session.get(all ? "/v1/nodes" : item_target("/v1/nodes", id), exit);
    if (!answer) return std::nullopt;
    const Document* items = all ? at_path(*answer, "items") : nullptr;
    if (!all) add(*answer);
    for (const Document& node : items ? *items : Document::array()) add(node);
  }
  return ids;
}

std::string part_target(const Part& part, const Options& o, const std::string& node) {
  std::string target = part.target;
  constexpr std::string_view kNode = "/v1/nodes/self";
  if (target.starts_with(kNode))
    return item_target("/v1/nodes", node, std::string_view(target).substr(kNode.size()));
  Query query(std::move(target));
  if (part.dated) query.add("since", o.since);
  return query.add("node", node).target();
}

// All files of one node; how many could not be had.
std::size_t add_node(Session& session, const Options& o, const std::string& node,
                     ArchiveWriter& archive, Document& manifest, StatusLine& status) {
  std::size_t failures = 0;
  for (const Part& part : kParts) {
    if (part.log && o.no_logs) continue;
    const std::string name = "nodes/" + node + "/" + part.name;
    status.show("fetching " + name);
    const auto answer = session.client().get(part_target(part, o, node));
    if (!answer) {
      failures += is_expected(answer.error()) ? 0 : 1;
      manifest["failures"].push_back(
          {{"file", name}, {"code", answer.error().code}, {"detail", answer.error().detail}});
      continue;
    }
    std::string bytes = answer->body;
    if (!part.text) {
      Document document = Document::parse(answer->body, nullptr, false);
      if (!document.is_discarded()) {
        mask_secrets(document);
        bytes = part.lines ? lines_of(document) : dumped(document, 2);
      }
    }
    archive.add(name, bytes);
    manifest["files"].push_back(name);
  }
  return failures;
}

int write_bundle(Session& session, const Options& o) {
  const std::string now = format_time(std::chrono::system_clock::now());
  std::string stamp = now.substr(0, 19);
  std::erase_if(stamp, [](char c) { return c == ':' || c == '-'; });
  const std::string path = o.file.empty() ? "goakt-debug-" + stamp + ".tar.zst" : o.file;
  if (const auto planned = session.plan("debug.bundle", path, "would write " + path))
    return *planned;
  if (::access(path.c_str(), F_OK) == 0)
    if (const auto no = session.confirm("Replace " + path, path)) return *no;
  // A node that answers nothing is nothing to bundle.
  int exit = Exit::ok;
  const auto version = session.get("/v1/version", exit);
  if (!version) return exit;

  const auto nodes = nodes_of(session, o, exit);
  if (!nodes) return exit;

  ArchiveWriter archive(path);
  Document manifest = {{"kind", "DebugBundle"},
                       {"time", now},
                       {"client", GOAKTCTL_VERSION},
                       {"node", *version},
                       {"nodes", *nodes},
                       {"files", Document::array()},
                       {"failures", Document::array()}};
  StatusLine status(session.shows_progress());
  std::size_t failures = 0;
  for (const std::string& node : *nodes)
    failures += add_node(session, o, node, archive, manifest, status);
  archive.add("doctor.json", dumped(doctor(session), 2));
  archive.add("manifest.json", dumped(manifest, 2));
  status.clear();
  if (const std::string error = archive.close(); !error.empty())
    return session.refuse(Exit::failed, "failed", path + ": " + error);
  manifest["path"] = path;
  if (session.out().is_plain_table())
    session.out().raw(path + "\n");
  else
    session.out().document(manifest);
  if (failures > 0)
    session.note(std::to_string(failures) + " parts could not be had; manifest.json says why");
  return failures > 0 ? Exit::partial : Exit::ok;
}

}  // namespace

std::vector<Command> debug_commands() {
  auto o = std::make_shared<Options>();
  return {{"debug",
           "bundle",
           {},
           "collects what helps to find a fault, secrets masked, into one .tar.zst",
           "GET of config, tree, top, metrics, events, dead letters, logs, stacks",
           {"goaktctl debug bundle", "goaktctl debug bundle -f /tmp/node.tar.zst --no-logs",
            "goaktctl debug bundle --nodes all --since 1h"},
           {{"-f,--file", &o->file, "where to; else goakt-debug-TIME.tar.zst here", false, "@file"},
            {"--nodes", &o->nodes, "all, or ids with commas; else the node that answers", false,
             "@node"},
            {"--since", &o->since, "events, dead letters and log of this time: 1h, or a time"},
            {"--no-logs", &o->no_logs, "without the lines of the log"}},
           [o](Session& session) { return write_bundle(session, *o); },
           {Exit::partial}},
          {"debug",
           "stacks",
           {},
           "shows where the node's threads are",
           "GET /v1/debug/stacks",
           {"goaktctl debug stacks"},
           {},
           [](Session& session) -> int {
             const auto answer = session.client().get(session.with_node("/v1/debug/stacks"));
             if (!answer) return session.report(answer.error());
             session.out().raw(answer->body);
             return Exit::ok;
           },
           {Exit::unsupported}}};
}

}  // namespace goaktctl
