#include "command.h"
#include "exit_codes.h"
#include "output/text.h"
#include "plain_command.h"
#include "query.h"
#include "session.h"

#include <nlohmann/json.hpp>

#include <memory>

// What needs a cluster, data centers, grains or topics. A node that runs alone answers
// "not-clustered" or "feature-disabled", which is exit 13: the words are the same everywhere, so
// scripts can tell.

namespace goaktctl {

namespace {

const Part kNode{"ID", "node", As::path, "its id, or self", "@node"};
const Part kReason{"--reason", "reason", As::text, "why, for those who ask"};
const Part kGrainKind{"KIND", "kind", As::path, "of which kind", "@kind"};
const Part kGrainName{"NAME", "name", As::path, "which one"};
const Part kDc{"ID", "id", As::path, "which data center"};
const Part kOfKind{"--kind", "kind", As::text, "of this kind alone", "@kind"};
const Part kPlacementKind{"--kind", "kind", As::path, "of this kind; else of all others", "@kind"};
const Part kStopStart{"--allow-stop-start", "allowStopStart", As::on,
                      "where it cannot be moved alive, stop it and start it there"};

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
  const Part move_to{"--to", "to", As::text, "this node", "@node"};
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
        move_to,
        kStopStart}},
      {"placement",
       "get",
       {},
       "shows where actors are put",
       "GET",
       "/v1/placement",
       "goaktctl placement get",
       {{"--kind", "kind", As::query, "of this kind", "@kind"}}},
      {"placement",
       "set",
       {},
       "says where new actors are put",
       "PUT",
       "/v1/placement/{kind}",
       "goaktctl placement set --kind order --strategy least-load",
       {kPlacementKind,
        {"--strategy", "strategy", As::text, "rr, random, local, least-load or weighted",
         "rr|random|local|least-load|weighted"},
        {"--role", "role", As::text, "only nodes of this role"},
        {"--exclude", "exclude", As::list, "never this node", "@node"},
        {"--if-version", "version", As::if_match, "only if this version is in force"}}},
      {"placement",
       "unset",
       {},
       "goes back to the default",
       "DELETE",
       "/v1/placement/{kind}",
       "goaktctl placement unset --kind order",
       {kPlacementKind}},
      {"placement",
       "plan",
       {},
       "shows what a rebalance would move",
       "POST",
       "/v1/placement/rebalance?dryRun=true",
       "goaktctl placement plan",
       {kOfKind}},
      {"placement",
       "rebalance",
       {},
       "evens out the load",
       "POST",
       "/v1/placement/rebalance",
       "goaktctl placement rebalance --max-moves 100",
       {kOfKind,
        {"--max-moves", "maxMoves", As::number, "at most so many actors"},
        {"--tolerance", "tolerance", As::text, "the difference that may stay: 10%"},
        {"--concurrency", "concurrency", As::number, "so many at once"}},
       true},
      {"placement",
       "move",
       {},
       "moves many actors off a node",
       "POST",
       "/v1/placement/move",
       "goaktctl placement move --from 10.0.0.4:3320 --limit 100",
       {{"--from", "from", As::text, "the node that has them", "@node"},
        move_to,
        kOfKind,
        {"--limit", "limit", As::number, "at most so many"},
        kStopStart},
       true},
      {"placement",
       "pin",
       {},
       "keeps an actor on a node",
       "PUT",
       "/v1/placement/pins/{actor}",
       "goaktctl placement pin order-7 10.0.0.4:3320",
       {{"NAME", "actor", As::path, "the actor", "@actor"},
        {"NODE", "node", As::text, "its node", "@node"}}},
      {"placement",
       "unpin",
       {},
       "lets an actor go where it fits",
       "DELETE",
       "/v1/placement/pins/{actor}",
       "goaktctl placement unpin order-7",
       {{"NAME", "actor", As::path, "the actor", "@actor"}}},
      {"dc", "list", {"dcs"}, "lists the data centers", "GET", "/v1/dcs", "goaktctl dcs"},
      {"dc",
       "get",
       {},
       "shows one data center",
       "GET",
       "/v1/dcs/{id}",
       "goaktctl dc get fra1",
       {kDc}},
      {"dc",
       "endpoints",
       {},
       "shows where a data center is reached",
       "GET",
       "/v1/dcs/{id}?fields=id,endpoints",
       "goaktctl dc endpoints fra1",
       {kDc}},
      {"dc",
       "ping",
       {},
       "shows whether a data center is alive",
       "GET",
       "/v1/dcs/{id}?fields=id,state,leaseExpiry,stale",
       "goaktctl dc ping fra1",
       {kDc}},
      {"dc",
       "drain",
       {},
       "lets other data centers choose it no more",
       "POST",
       "/v1/dcs/{id}/drain",
       "goaktctl dc drain fra1",
       {kDc, {"--if-version", "version", As::if_match, "only if its record has this version"}},
       true},
      {"dc",
       "activate",
       {},
       "lets other data centers choose it again",
       "POST",
       "/v1/dcs/{id}/activate",
       "goaktctl dc activate fra1",
       {kDc, {"--if-version", "version", As::if_match, "only if its record has this version"}}},
      {"grain",
       "list",
       {},
       "lists the grains that are active",
       "GET",
       "/v1/grains",
       "goaktctl grain list --kind account",
       {{"--kind", "kind", As::query, "of this kind", "@kind"}}},
      {"grain",
       "get",
       {},
       "shows one grain",
       "GET",
       "/v1/grains/{kind}/{name}",
       "goaktctl grain get account 7",
       {kGrainKind, kGrainName}},
      {"grain",
       "activate",
       {},
       "starts a grain before somebody needs it",
       "POST",
       "/v1/grains/{kind}/{name}/activate",
       "goaktctl grain activate account 7",
       {kGrainKind,
        kGrainName,
        {"--dep", "dependencies", As::json,
         "{\"type\": T, \"text\" or \"raw\": what it reads}, or @FILE; repeatable"}}},
      {"grain",
       "deactivate",
       {},
       "stops a grain until somebody needs it",
       "POST",
       "/v1/grains/{kind}/{name}/deactivate",
       "goaktctl grain deactivate account 7",
       {kGrainKind, kGrainName}},
      {"grain",
       "send",
       {},
       "sends a message to a grain and does not wait",
       "POST",
       "/v1/grains/{kind}/{name}/messages",
       "goaktctl grain send account 7 --string hi",
       {kGrainKind, kGrainName},
       false,
       true},
      {"grain",
       "ask",
       {},
       "sends a message to a grain and prints the answer",
       "POST",
       "/v1/grains/{kind}/{name}/ask",
       "goaktctl grain ask account 7 --string hi",
       {kGrainKind, kGrainName, {"--ask-timeout", "timeoutMs", As::time, "for the answer, 5s"}},
       false,
       true},
      {"topic", "list", {}, "lists the topics", "GET", "/v1/topics", "goaktctl topic list"},
      {"topic",
       "get",
       {},
       "shows one topic",
       "GET",
       "/v1/topics/{topic}",
       "goaktctl topic get news",
       {{"TOPIC", "topic", As::path, "which topic"}}},
      {"topic",
       "publish",
       {},
       "publishes a message",
       "POST",
       "/v1/topics/{topic}/messages",
       "goaktctl topic publish news --string hi",
       {{"TOPIC", "topic", As::path, "which topic"}},
       false,
       true},
      {"topic",
       "tail",
       {},
       "shows messages as they are published",
       "GET",
       "/v1/topics/{topic}/stream",
       "goaktctl topic tail news",
       {{"TOPIC", "topic", As::path, "which topic"}},
       false,
       false,
       true},
  };
}

}  // namespace

std::vector<Command> cluster_commands() {
  std::vector<Command> commands = {check_command(), leader_command(), drain_cancel_command()};
  for (PlainCommand& plain : plain_commands()) commands.push_back(make_command(std::move(plain)));
  return commands;
}

}  // namespace goaktctl
