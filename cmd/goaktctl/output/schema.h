#pragma once

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace goaktctl {

using Document = nlohmann::ordered_json;
using Now = std::chrono::system_clock::time_point;

// What a field holds in the JSON. State words get a colour of their own on a terminal.
enum class FieldType : std::uint8_t { text, state, number, seconds, time, switched, list };

// One column of a kind of thing: where its value is and how it looks in a table.
struct Field {
  std::string header;
  std::string path;  // dotted: "metrics.mailbox"
  FieldType type = FieldType::text;
  int weight = 100;  // the lightest column is the first to go when the terminal is narrow
  bool only_wide = false;
};

// A kind of thing that the API speaks of. Tables, `-o name`, `schema KIND` and completion all read
// this one description.
struct Schema {
  std::string kind;   // "Actor": the "kind" of its JSON
  std::string noun;   // "actor": what `-o name` prints before the slash
  std::string key;    // path of what names it: "name", "id"
  std::string about;  // one line
  std::vector<Field> fields;
};

// All kinds, in the order of the documentation.
const std::vector<Schema>& all_schemas();
// By kind or noun, without regard to case; null when there is none.
const Schema* find_schema(std::string_view word);
// For words that are ours and therefore exist.
const Schema& schema_of(std::string_view noun);

// The field as a cell: "-" when it is absent, durations short, times as the distance from now.
std::string cell_of(const Field& field, const Document& thing, Now now);
// JSON Schema (2020-12) of what the table shows; more fields may come.
Document json_schema(const Schema& schema);

// The member behind a dotted path; null when there is none.
const Document* at_path(const Document& object, std::string_view path);
// A scalar as text: strings without quotes, whole numbers with thousands apart.
std::string cell_text(const Document& value);
// The same for programs: numbers as they are, nothing for what is absent.
std::string plain_text(const Document& value);

}  // namespace goaktctl
