#include "command.h"
#include "exit_codes.h"
#include "goakt/base/text.h"
#include "output/text.h"
#include "query.h"
#include "session.h"

#include <nlohmann/json.hpp>

#include <memory>

namespace goaktctl {

namespace {

const Schema& kind_row_schema() {
  static const Schema schema{"Schema",
                             "schema",
                             "name",
                             "A kind of JSON document.",
                             {{"NAME", "name", FieldType::text, 1000},
                              {"NOUN", "noun", FieldType::text, 80},
                              {"ABOUT", "about", FieldType::text, 70}}};
  return schema;
}

int list_kinds(Session& session) {
  std::vector<Document> rows;
  for (const Schema& schema : all_schemas())
    rows.push_back({{"name", schema.kind}, {"noun", schema.noun}, {"about", schema.about}});
  session.out().list(kind_row_schema(), rows, {});
  return Exit::ok;
}

// The columns of its table: what --columns, -o cols and -l can name.
int print_columns(Session& session, const Schema& schema) {
  static const Schema columns{"Column",
                              "column",
                              "header",
                              "A column of a table.",
                              {{"HEADER", "header", FieldType::text, 1000},
                               {"PATH", "path", FieldType::text, 900},
                               {"WEIGHT", "weight", FieldType::number, 50},
                               {"WIDE", "wide", FieldType::switched, 60}}};
  std::vector<Document> rows;
  for (const Field& field : schema.fields)
    rows.push_back({{"header", field.header},
                    {"path", field.path},
                    {"weight", field.weight},
                    {"wide", field.only_wide}});
  session.out().list(columns, rows, {});
  return Exit::ok;
}

int print_schema(Session& session, const std::string& kind, bool of_columns, bool of_server) {
  if (kind.empty()) return list_kinds(session);
  if (of_server) {
    int exit = Exit::ok;
    const auto answer = session.get(item_target("/v1/schemas", kind), exit);
    if (answer) session.out().raw(answer->dump(2) + "\n");
    return exit;
  }
  const Schema* schema = find_schema(kind);
  if (!schema) {
    std::vector<std::string> known;
    for (const Schema& each : all_schemas()) known.push_back(each.kind);
    const std::string near = goakt::nearest(kind, known);
    return session.refuse(Exit::not_found, "not-found", "no kind " + printable(kind),
                          near.empty() ? "goaktctl schema" : "did you mean " + near + "?");
  }
  if (of_columns) return print_columns(session, *schema);
  if (session.out().is_table())
    session.out().raw(json_schema(*schema).dump(2) + "\n");
  else
    session.out().document(json_schema(*schema));
  return Exit::ok;
}

}  // namespace

std::vector<Command> schema_commands() {
  struct Options {
    std::string kind;
    bool columns = false;
    bool server = false;
  };

  auto o = std::make_shared<Options>();
  return {
      {"schema",
       "",
       {},
       "prints the JSON Schema of a kind; without KIND which there are",
       "none, or GET /v1/schemas/{kind} with --server",
       {"goaktctl schema Actor", "goaktctl schema actor --table", "goaktctl schema Actor --server"},
       {{"KIND", &o->kind, "Actor, Node, Event, ...", false, "@schema"},
        {"--table", &o->columns, "the columns of its table instead"},
        {"--server", &o->server, "all fields, as the node knows them"}},
       [o](Session& session) { return print_schema(session, o->kind, o->columns, o->server); },
       {Exit::not_found}}};
}

}  // namespace goaktctl
