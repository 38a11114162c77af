#include "command.h"
#include "exit_codes.h"
#include "goakt/config/settings.h"
#include "output/text.h"
#include "paging.h"
#include "query.h"
#include "session.h"

#include <nlohmann/json.hpp>

#include <memory>

namespace goaktctl {

namespace {

struct Options {
  std::string id;
  bool origin = false;
  bool changed = false;
};

struct Check {
  std::vector<std::string> files;
  bool elsewhere = false;
};

std::string target_of(Session& session, const std::string& id, std::string_view rest) {
  std::string node = id.empty() ? session.settings().text("node") : id;
  if (node.empty()) node = "self";
  return item_target("/v1/nodes", plain_id("node", node), rest);
}

int print_config(Session& session, const Options& o) {
  int exit = Exit::ok;
  const auto items = fetch_items(session, schema_of("setting"), target_of(session, o.id, "/config"),
                                 INT64_MAX, exit);
  if (!items) return exit;
  std::vector<Document> rows;
  for (const Document& item : *items)
    if (!o.changed || item.value("origin", "default") != "default") rows.push_back(item);
  if (session.out().is_plain_table() && !o.origin && !o.changed) {
    // Ready to be put into the file.
    for (const Document& row : rows)
      session.out().raw(row.value("key", "") + " = " + plain_text(row.value("value", Document())) +
                        "\n");
    return exit;
  }
  session.out().list(schema_of("setting"), rows, {});
  return exit;
}

int reload(Session& session, const std::string& id) {
  int exit = Exit::ok;
  const auto report = session.post(target_of(session, id, "/reload"), Document::object(), exit);
  if (!report) return exit;
  if (!session.out().is_plain_table()) {
    session.out().document(*report);
    return exit;
  }
  const auto print = [&](const char* key, const char* title) {
    const Document* list = at_path(*report, key);
    if (!list || !list->is_array() || list->empty()) return false;
    session.out().raw(title);
    for (const Document& item : *list) session.out().raw("  " + plain_text(item) + "\n");
    return true;
  };
  const bool changed = print("changed", "changed:\n");
  const bool restart = print("needsRestart", "needs a restart:\n");
  if (!changed && !restart) session.out().raw("nothing changed\n");
  return exit;
}

// "goaktd.toml:2:1: there is no setting ..." line by line, as findings.
Document findings_of(const std::string& complaint) {
  Document findings = Document::array();
  for (std::size_t begin = 0; begin < complaint.size();) {
    const std::size_t end = std::min(complaint.find('\n', begin), complaint.size());
    const std::string line = complaint.substr(begin, end - begin);
    begin = end + 1;
    const auto colon = line.find(": ");
    if (colon == std::string::npos)
      findings.push_back({{"level", "error"}, {"detail", line}});
    else
      findings.push_back({{"level", "error"},
                          {"place", line.substr(0, colon)},
                          {"detail", line.substr(colon + 2)}});
  }
  return findings;
}

// Reads the files as a node would, without one. Variables of goaktd that happen to be set here
// belong to no node; those that the files name are looked up.
int check_files(Session& session, const std::vector<std::string>& files, bool here) {
  goakt::config::Sources sources;
  sources.files = files;
  sources.check_files = here;
  sources.environment = [](const std::string& name) -> std::optional<std::string> {
    if (name.starts_with("GOAKTD_")) return std::nullopt;
    return goakt::config::Settings::process_environment(name);
  };
  const auto settings = goakt::config::Settings::load(sources);
  Document findings = settings ? Document::array() : findings_of(settings.error().message());
  if (settings)
    for (const goakt::config::Finding& warning : settings->warnings())
      findings.push_back(
          {{"level", "warning"}, {"place", warning.place}, {"detail", warning.text}});
  if (!session.out().is_plain_table()) {
    session.out().document({{"healthy", settings.has_value()}, {"findings", findings}});
  } else {
    for (const Document& finding : findings) {
      const std::string level = finding.value("level", "");
      const std::string place = finding.value("place", "");
      session.out().raw((level == "error" ? "" : level + ": ") +
                        (place.empty() ? "" : printable(place) + ": ") +
                        printable(finding.value("detail", "")) + "\n");
    }
    if (settings) session.out().raw("good\n");
  }
  return settings ? Exit::ok : Exit::unhealthy;
}

}  // namespace

std::vector<Command> config_commands() {
  auto show = std::make_shared<Options>();
  auto node_show = std::make_shared<Options>();
  auto again = std::make_shared<Options>();
  auto check = std::make_shared<Check>();
  const auto flags = [](Options& o) -> std::vector<Flag> {
    return {{"ID", &o.id, "which node; its id, or self", false, "@node"},
            {"--origin", &o.origin, "with where each value came from"},
            {"--changed", &o.changed, "only what is not the default"}};
  };
  return {
      {"config",
       "show",
       {},
       "shows the node's configuration, secrets masked",
       "GET /v1/nodes/{node}/config",
       {"goaktctl config show --changed", "goaktctl config show --origin -o json"},
       flags(*show),
       [show](Session& session) { return print_config(session, *show); }},
      {"node",
       "config",
       {},
       "the same as config show",
       "GET /v1/nodes/{node}/config",
       {"goaktctl node config self --origin"},
       flags(*node_show),
       [node_show](Session& session) { return print_config(session, *node_show); },
       {Exit::not_found}},
      {"config",
       "reload",
       {"reload"},
       "lets the node read its configuration again",
       "POST /v1/nodes/{node}/reload",
       {"goaktctl reload"},
       {{"ID", &again->id, "which node; its id, or self", false, "@node"}},
       [again](Session& session) { return reload(session, again->id); },
       {Exit::conflict}},
      {"config",
       "check",
       {},
       "checks files as a node would read them, without a node; exit 11 when not good",
       "",
       {"goaktctl config check goaktd.toml", "goaktctl config check base.toml site.toml -o json"},
       {{"FILE", &check->files, "TOML or JSON; later ones win", true, "@file"},
        {"--elsewhere", &check->elsewhere,
         "the files that they name are on another machine: do not look for those"}},
       [check](Session& session) { return check_files(session, check->files, !check->elsewhere); },
       {Exit::unhealthy}}};
}

}  // namespace goaktctl
