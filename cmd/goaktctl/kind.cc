#include "command.h"
#include "exit_codes.h"
#include "paging.h"
#include "query.h"
#include "session.h"

#include <nlohmann/json.hpp>

#include <memory>

namespace goaktctl {

namespace {

Command get_kind() {
  auto name = std::make_shared<std::string>();
  return {"kind",
          "get",
          {},
          "shows one kind",
          "GET /v1/kinds/{kind}",
          {"goaktctl kind get demo.echo -o json"},
          {{"KIND", name.get(), "one of: goaktctl kind list", true, "@kind"}},
          [name](Session& session) {
            int exit = Exit::ok;
            const auto kind = session.get(item_target("/v1/kinds", plain_id("kind", *name)), exit);
            if (kind) session.out().one(schema_of("kind"), *kind);
            return exit;
          },
          {Exit::not_found}};
}

// The skeleton of a message, ready for `ask --json`.
Command show_type() {
  auto name = std::make_shared<std::string>();
  return {"type",
          "show",
          {},
          "shows the fields of a message type, as JSON to fill in",
          "GET /v1/types/{name}",
          {"goaktctl type show bank.Debit", "goaktctl type show bank.Debit -o json"},
          {{"NAME", name.get(), "full name", true, "@type"}},
          [name](Session& session) {
            int exit = Exit::ok;
            const auto type = session.get(item_target("/v1/types", plain_id("type", *name)), exit);
            if (!type) return exit;
            const Document* skeleton = at_path(*type, "skeleton");
            if (session.out().is_plain_table() && skeleton)
              session.out().raw(skeleton->dump(2) + "\n");
            else
              session.out().one(schema_of("type"), *type);
            return exit;
          },
          {Exit::not_found}};
}

}  // namespace

std::vector<Command> kind_commands() {
  struct Options {
    std::string prefix;
    Paging paging;
  };

  auto kinds = std::make_shared<Options>();
  auto types = std::make_shared<Options>();
  return {{"kind",
           "list",
           {"kinds"},
           "lists the kinds of actors that can be spawned",
           "GET /v1/kinds",
           {"goaktctl kind list", "goaktctl kinds -o name"},
           with_list_flags({}, kinds->paging),
           [kinds](Session& session) {
             return print_pages(session, schema_of("kind"), "/v1/kinds", kinds->paging);
           }},
          get_kind(),
          {"type",
           "list",
           {},
           "lists the message types that the node knows",
           "GET /v1/types",
           {"goaktctl type list bank."},
           with_list_flags({{"PREFIX", &types->prefix, "only names that begin so", false, "@type"}},
                           types->paging),
           [types](Session& session) {
             Query query("/v1/types");
             query.add("prefix", types->prefix);
             return print_pages(session, schema_of("type"), query.target(), types->paging);
           }},
          show_type()};
}

}  // namespace goaktctl
