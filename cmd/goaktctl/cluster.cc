#include "command.h"
#include "exit_codes.h"
#include "output/text.h"
#include "plain_commands.h"
#include "query.h"
#include "session.h"

#include <nlohmann/json.hpp>

#include <memory>

// What needs a cluster, or a part that a node alone has not: it answers "not-clustered" or
// "feature-disabled", which is exit 13. The words are the same everywhere, so scripts can tell.

namespace goaktctl {

namespace {

const Part kNode{"ID", "node", As::path, "its id, or self", "@node"};
const Part kReason{"--reason", "reason", As::text, "why, for those who ask"};

// Healthy or not is an exit code; the findings are the output.
Command check_command() {
  struct Options {
    std::int64_t members = 0;
    bool no_drains = false;
    std::chrono::milliseconds settled{0};
    std::string dead_letters;
  };

  auto o = std::make_shared<Options>();
  return {"cluster",
          "check",
          {},
          "whether the cluster is well; exit 11 when not",
          "GET /v1/cluster/check",
          {"goaktctl cluster check", "goaktctl cluster check --min-members 3 --settled 10s"},
          {{"--min-members", &o->members, "at least so many members"},
           {"--no-drains", &o->no_drains, "no node is being drained"},
           {"--settled", &o->settled, "no partition has moved for so long"},
           {"--max-dead-letters-rate", &o->dead_letters, "at most so many dead letters a second"}},
          [o](Session& session) -> int {
            Query query("/v1/cluster/check");
            if (o->members > 0) query.add("minMembers", o->members);
            query.add_switch("noDrains", o->no_drains);
            if (o->settled.count() > 0) query.add("settledMs", o->settled.count());
            query.add("maxDeadLettersRate", o->dead_letters);
            int exit = Exit::ok;
            const auto answer = session.get(query.target(), exit);
            if (!answer) return exit;
            session.out().document(*answer);
            return answer->value("healthy", false) ? Exit::ok : Exit::unhealthy;
          },
          {Exit::unhealthy, Exit::unsupported}};
}

Command leader_command() {
  return {"cluster",
          "leader",
          {},
          "prints the leader's id",
          "GET /v1/cluster",
          {"goaktctl cluster leader"},
          {},
          [](Session& session) -> int {
            int exit = Exit::ok;
            const auto cluster = session.get("/v1/cluster", exit);
            if (!cluster) return exit;
            const Document* leader = at_path(*cluster, "leader");
            session.out().raw((leader ? printable(plain_text(*leader)) : "-") + "\n");
            return exit;
          },
          {Exit::unsupported}};
}

// The drain is an operation: whichever runs for the node is cancelled.
Command drain_cancel_command() {
  struct Options {
    std::string id;
    bool uncordon = false;
  };

  auto o = std::make_shared<Options>();
  return {"node",
          "drain-cancel",
          {},
          "stops a drain; what has moved stays where it is",
          "POST /v1/operations/{id}/cancel",
          {"goaktctl node drain-cancel 10.0.0.4:3320"},
          {{"ID", &o->id, "its id, or self", true, "@node"},
           {"--uncordon", &o->uncordon, "and lets new actors come again"}},
          [o](Session& session) -> int {
            int exit = Exit::ok;
            if (!session.get("/v1/cluster", exit)) return exit;  // alone there are no drains
            const std::string node(plain_id("node", o->id));
            const auto list = session.get("/v1/operations?type=node.drain&running=true", exit);
            if (!list) return exit;
            std::string drain;
            if (const Document* items = at_path(*list, "items"); items && items->is_array())
              for (const Document& item : *items)
                if (item.value("target", "") == node) drain = item.value("id", "");
            if (drain.empty())
              return session.refuse(Exit::not_found, "operation-not-found",
                                    "no drain of " + printable(node) + " runs");
            const auto cancelled = session.post(item_target("/v1/operations", drain, "/cancel"),
                                                Document::object(), exit);
            if (!cancelled) return exit;
            session.out().one(schema_of("op"), *cancelled);
            if (o->uncordon)
              session.post(item_target("/v1/nodes", node, "/uncordon"), Document::object(), exit);
            return exit;
          },
          {Exit::unsupported}};
}

std::vector<PlainCommand> plain_commands() {
  return {
      {"cluster",
       "status",
       {"status"},
       "shows the cluster",
       "GET",
       "/v1/cluster",
       "goaktctl status"},
      {"cluster",
       "where",
       {},
       "tells which node has an actor, and why",
       "GET",
       "/v1/partitions/lookup?actor={name}",
       "goaktctl cluster where order-7",
       {{"NAME", "name", As::path, "the actor", "@actor"}}},
      {"cluster",
       "partitions",
       {},
       "lists who owns what",
       "GET",
       "/v1/partitions",
       "goaktctl cluster partitions --unowned",
       {{"--unowned", "unowned", As::on, "only those that nobody owns"}}},
      {"node",
       "cordon",
       {"cordon"},
       "lets no new actors come to a node",
       "POST",
       "/v1/nodes/{node}/cordon",
       "goaktctl cordon 10.0.0.4:3320",
       {kNode,
        kReason,
        {"--hide-roles", "hideRoles", As::on, "nodes of other versions, too, choose it no more"}}},
      {"node",
       "uncordon",
       {"uncordon"},
       "lets new actors come again",
       "POST",
       "/v1/nodes/{node}/uncordon",
       "goaktctl uncordon 10.0.0.4:3320",
       {kNode, kReason}},
      {"node",
       "drain",
       {"drain"},
       "moves a node's actors to others",
       "POST",
       "/v1/nodes/{node}/drain",
       "goaktctl drain 10.0.0.4:3320 --deadline 5m --leave",
       {kNode,
        kReason,
        {"--deadline", "deadlineMs", As::time, "for all of it"},
        {"--actor-grace", "actorGraceMs", As::time, "for one actor to finish what it does"},
        {"--concurrency", "concurrency", As::number, "so many at once"},
        {"--to", "to", As::list, "only to these nodes", "@node"},
        {"--leave", "leave", As::on, "then leave the cluster and end"},
        {"--keep-cordoned", "keepCordoned", As::on, "also when the drain fails"},
        {"--force", "force", As::on, "leave even when something could not be moved"}},
       true},
      {"node",
       "leave",
       {},
       "lets a node leave the cluster and end",
       "POST",
       "/v1/nodes/{node}/leave",
       "goaktctl node leave 10.0.0.4:3320",
       {kNode, kReason, {"--no-drain", "drain", As::off, "without moving its actors first"}},
       true},
      {"actor",
       "move",
       {},
       "moves an actor to another node",
       "POST",
       "/v1/actors/{name}/move",
       "goaktctl actor move order-7 --to 10.0.0.4:3320",
       {{"NAME", "name", As::path, "name, PARENT/NAME, or a whole address", "@actor"},
        kMoveTo,
        kStopStart}},
  };
}

}  // namespace

std::vector<Command> cluster_commands() {
  std::vector<Command> commands = {check_command(), leader_command(), drain_cancel_command()};
  for (const auto& table : {plain_commands, placement_table, grain_table})
    for (PlainCommand& plain : table()) commands.push_back(make_command(std::move(plain)));
  return commands;
}

}  // namespace goaktctl
