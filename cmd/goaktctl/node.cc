#include "command.h"
#include "exit_codes.h"
#include "goakt/base/build_id.h"
#include "session.h"

#include <nlohmann/json.hpp>

#include <memory>

namespace goaktctl {

namespace {

int print_version(Session& session) {
  Document versions = {{"client", {{"version", GOAKTCTL_VERSION}, {"buildId", GOAKT_BUILD_ID}}}};
  // A client without a node is no failure: its own version is what was asked for first.
  const auto answer = session.client().get("/v1/version");
  if (answer) versions["server"] = Document::parse(answer->body, nullptr, false);
  if (!session.out().is_table()) {
    session.out().document(versions);
    return Exit::ok;
  }
  session.out().raw("goaktctl  " GOAKTCTL_VERSION "  build " GOAKT_BUILD_ID "\n");
  if (!answer) {
    session.note("no node answers: " + answer.error().detail);
    return Exit::ok;
  }
  const Document& server = versions["server"];
  const auto text = [&](const char* key) {
    const Document* value = at_path(server, key);
    return value ? cell_text(*value) : std::string("-");
  };
  session.out().raw("goaktd    " + text("version") + "  build " + text("buildId") + "  system " +
                    text("system") + " at " + text("node") + "\n");
  return Exit::ok;
}

int print_health(Session& session, const std::string& probe) {
  const auto answer = session.client().get("/" + probe + "?verbose=1");
  if (!answer && answer.error().status != 503) return session.report(answer.error());
  if (!answer) {
    session.report(answer.error());
    return Exit::unhealthy;
  }
  if (session.out().is_table())
    session.out().raw("ok\n");
  else
    session.out().document(Document::parse(answer->body, nullptr, false));
  return Exit::ok;
}

}  // namespace

std::vector<Command> node_commands() {
  auto live = std::make_shared<bool>(false);
  return {{"version",
           "",
           {},
           "versions of this tool and of the node",
           "GET /v1/version",
           {},
           {},
           print_version},
          {"health",
           "",
           {},
           "whether the node is well; exit 11 when not",
           "GET /readyz",
           {"goaktctl health --live"},
           {{"--live", live.get(), "alive at all, not ready for work"}},
           [live](Session& session) { return print_health(session, *live ? "livez" : "readyz"); }}};
}

}  // namespace goaktctl
