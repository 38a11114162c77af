#include "command.h"
#include "exit_codes.h"
#include "paging.h"
#include "query.h"
#include "session.h"

#include <nlohmann/json.hpp>

#include <memory>

// What needs a cluster, data centers, grains or topics. A node that runs alone answers
// "not-clustered", which is exit 13: the words are the same everywhere, so scripts can tell.

namespace goaktctl {

namespace {

// A list or one document, at a fixed path.
Command read_command(const char* noun, const char* verb, std::vector<std::string> words,
                     const char* summary, const char* path) {
  return {noun,
          verb,
          std::move(words),
          summary,
          std::string("GET ") + path,
          {std::string("goaktctl ") + noun + " " + verb},
          {},
          [path](Session& session) {
            int exit = Exit::ok;
            const auto answer = session.get(path, exit);
            if (answer) session.out().document(*answer);
            return exit;
          },
          {Exit::unsupported}};
}

Command where_command() {
  auto name = std::make_shared<std::string>();
  return {"cluster",
          "where",
          {},
          "tells which node has an actor, and why",
          "GET /v1/partitions/lookup",
          {"goaktctl cluster where order-7"},
          {{"NAME", name.get(), "the actor", true, "@actor"}},
          [name](Session& session) {
            Query query("/v1/partitions/lookup");
            query.add("actor", plain_name(*name));
            int exit = Exit::ok;
            const auto answer = session.get(query.target(), exit);
            if (answer) session.out().document(*answer);
            return exit;
          },
          {Exit::not_found, Exit::unsupported}};
}

// Healthy or not is an exit code; the findings are the output.
Command check_command() {
  return {"cluster",
          "check",
          {},
          "whether the cluster is well; exit 11 when not",
          "GET /v1/cluster/check",
          {"goaktctl cluster check"},
          {},
          [](Session& session) -> int {
            int exit = Exit::ok;
            const auto answer = session.get("/v1/cluster/check", exit);
            if (!answer) return exit;
            session.out().document(*answer);
            return answer->value("healthy", false) ? Exit::ok : Exit::unhealthy;
          },
          {Exit::unhealthy, Exit::unsupported}};
}

}  // namespace

std::vector<Command> cluster_commands() {
  return {read_command("cluster", "status", {"status"}, "shows the cluster", "/v1/cluster"),
          check_command(),
          where_command(),
          read_command("cluster", "partitions", {}, "lists who owns what", "/v1/partitions"),
          read_command("placement", "get", {}, "shows where actors are put", "/v1/placement"),
          read_command("dc", "list", {"dcs"}, "lists the data centers", "/v1/dcs"),
          read_command("grain", "list", {}, "lists the grains that are active", "/v1/grains"),
          read_command("topic", "list", {}, "lists the topics", "/v1/topics")};
}

}  // namespace goaktctl
