#include "output/printer.h"

#include "output/text.h"
#include "output/yaml.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>

namespace goaktctl {

namespace {

std::string one_line(const Document& document) {
  return document.dump(-1, ' ', false, Document::error_handler_t::replace) + "\n";
}

std::string indented(const Document& document) {
  return document.dump(2, ' ', false, Document::error_handler_t::replace) + "\n";
}

std::string name_line(const Schema& schema, const Document& thing) {
  const Document* name = at_path(thing, "name");
  return schema.noun + "/" + (name && name->is_string() ? name->get<std::string>() : "-") + "\n";
}

bool same_word(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) ==
           std::tolower(static_cast<unsigned char>(y));
  });
}

// The schema's column of that header or path, else a plain one: any field of the JSON can be shown.
Field field_named(const Schema& schema, const std::string& word) {
  for (const Field& field : schema.fields)
    if (same_word(field.header, word) || field.path == word) return field;
  Field field;
  field.path = word;
  field.header = word;
  std::transform(word.begin(), word.end(), field.header.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return field;
}

}  // namespace

std::optional<Format> parse_format(std::string_view word) {
  if (word == "table") return Format::table;
  if (word == "wide") return Format::wide;
  if (word == "json") return Format::json;
  if (word == "ndjson") return Format::ndjson;
  if (word == "yaml") return Format::yaml;
  if (word == "name") return Format::name;
  return std::nullopt;
}

const Document* at_path(const Document& object, std::string_view path) {
  const Document* at = &object;
  while (!path.empty()) {
    const auto dot = path.find('.');
    if (!at->is_object()) return nullptr;
    const auto it = at->find(std::string(path.substr(0, dot)));
    if (it == at->end()) return nullptr;
    at = &*it;
    path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
  }
  return at;
}

std::string cell_text(const Document& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_null()) return "-";
  if (value.is_number_unsigned()) return with_thousands(value.get<std::uint64_t>());
  if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
  return value.dump(-1, ' ', false, Document::error_handler_t::replace);
}

std::string Printer::table(const Schema& schema, const std::vector<Document>& things) const {
  std::vector<Field> fields;
  if (options_.columns.empty()) {
    for (const Field& field : schema.fields)
      if (!field.only_wide || options_.format == Format::wide) fields.push_back(field);
  } else {
    for (const std::string& word : options_.columns) fields.push_back(field_named(schema, word));
  }
  std::vector<Column> columns;
  for (const Field& field : fields) columns.push_back({field.header, field.right, field.weight});
  Table table(std::move(columns));
  for (const Document& thing : things) {
    std::vector<std::string> cells;
    for (const Field& field : fields) {
      const Document* value = at_path(thing, field.path);
      cells.push_back(!value ? "-" : field.text ? field.text(*value) : cell_text(*value));
    }
    table.add(cells);
  }
  const bool fits = options_.trunc && options_.format == Format::table;
  return table.render(fits ? options_.width : std::nullopt, options_.headers);
}

void Printer::one(const Schema& schema, const Document& thing) {
  if (is_table())
    raw(table(schema, {thing}));
  else if (options_.format == Format::name)
    raw(name_line(schema, thing));
  else
    document(thing);
}

void Printer::list(const Schema& schema, const std::vector<Document>& things,
                   std::string_view next) {
  switch (options_.format) {
    case Format::table:
    case Format::wide:
      raw(table(schema, things));
      return;
    case Format::name:
      for (const Document& thing : things) raw(name_line(schema, thing));
      return;
    case Format::ndjson:
      for (const Document& thing : things) raw(one_line(thing));
      return;
    case Format::json:
    case Format::yaml: {
      Document whole = Document::object();
      whole["items"] = things;
      if (!next.empty()) whole["next"] = next;
      document(whole);
      return;
    }
  }
}

void Printer::document(const Document& document) {
  switch (options_.format) {
    case Format::json:
      raw(indented(document));
      return;
    case Format::yaml:
      raw(to_yaml(document));
      return;
    default:
      raw(one_line(document));
  }
}

void Printer::raw(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) broken_ = true;
}

bool Printer::flush() {
  if (std::fflush(stdout) != 0) broken_ = true;
  return !broken_;
}

}  // namespace goaktctl
