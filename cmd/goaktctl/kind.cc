#include "command.h"
#include "exit_codes.h"
#include "paging.h"
#include "session.h"

#include <nlohmann/json.hpp>

#include <memory>

namespace goaktctl {

namespace {

std::string joined(const Document& list) {
  std::string text;
  for (const Document& item : list)
    if (item.is_string()) text += (text.empty() ? "" : " ") + item.get<std::string>();
  return text;
}

const Schema& kind_schema() {
  static const Schema schema{"kind",
                             {{"NAME", "name", false, 1000},
                              {"TYPE", "type", false, 60},
                              {"FROM", "from", false, 50},
                              {"ACCEPTS", "accepts", false, 40, false, joined}}};
  return schema;
}

}  // namespace

std::vector<Command> kind_commands() {
  const Schema types{"type", {{"NAME", "name", false, 1000}}};
  return {{"kind",
           "list",
           {"kinds"},
           "lists the kinds of actors that can be spawned",
           "GET /v1/kinds",
           {"goaktctl kind list"},
           {},
           [](Session& session) { return print_pages(session, kind_schema(), "/v1/kinds", {}); }}};
}

}  // namespace goaktctl
