#include "command.h"
#include "exit_codes.h"
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

}  // namespace

std::vector<Command> config_commands() {
  auto show = std::make_shared<Options>();
  auto node_show = std::make_shared<Options>();
  auto again = std::make_shared<Options>();
  const auto flags = [](Options& o) -> std::vector<Flag> {
    return {{"ID", &o.id, "which node; its id, or self", false, "@node"},
            {"--origin", &o.origin, "with where each value came from"},
            {"--changed", &o.changed, "only what is not the default"}};
  };
  return {{"config",
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
           {Exit::conflict}}};
}

}  // namespace goaktctl
