#include "output/printer.h"

#include "output/table.h"
#include "output/text.h"
#include "output/yaml.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>

namespace goaktctl {

namespace {

std::string dumped(const Document& document, int indent) {
  return document.dump(indent, ' ', false, Document::error_handler_t::replace) + "\n";
}

std::string name_line(const Schema& schema, const Document& thing) {
  const Document* name = at_path(thing, schema.key);
  return schema.noun + "/" + (name ? plain_text(*name) : "-") + "\n";
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

bool is_right(FieldType type) {
  return type == FieldType::number || type == FieldType::seconds;
}

}  // namespace

const std::vector<std::string>& format_words() {
  static const std::vector<std::string> words = {"table", "wide", "json",  "ndjson",   "yaml",
                                                 "name",  "jq=",  "cols=", "template="};
  return words;
}

std::optional<FormatChoice> parse_format(std::string_view word) {
  constexpr Format kFormats[] = {Format::table,  Format::wide, Format::json,
                                 Format::ndjson, Format::yaml, Format::name,
                                 Format::jq,     Format::cols, Format::template_};
  for (std::size_t i = 0; i < format_words().size(); ++i) {
    const std::string& known = format_words()[i];
    const bool takes = known.ends_with('=');
    if (takes && word.starts_with(known))
      return FormatChoice{kFormats[i], std::string(word.substr(known.size()))};
    if (!takes && word == known) return FormatChoice{kFormats[i], {}};
  }
  return std::nullopt;
}

std::unique_ptr<Printer> Printer::make(Options options, std::string& complaint) {
  std::unique_ptr<Printer> printer(new Printer(std::move(options)));
  Options& o = printer->options_;
  if (o.format == Format::jq) {
    printer->jq_ = Jq::compile(o.argument, complaint);
    if (!printer->jq_) return nullptr;
  }
  if (o.format == Format::template_ && !Template::parse(o.argument, printer->template_, complaint))
    return nullptr;
  if (o.format == Format::cols) {
    o.columns = split_commas(o.argument);
    if (o.columns.empty()) {
      complaint = "cols= needs columns: cols=NAME,metrics.mailbox";
      return nullptr;
    }
  }
  return printer;
}

std::vector<Field> Printer::fields(const Schema& schema) const {
  std::vector<Field> fields;
  if (options_.columns.empty()) {
    for (const Field& field : schema.fields)
      if (!field.only_wide || options_.format == Format::wide) fields.push_back(field);
  } else {
    for (const std::string& word : options_.columns) fields.push_back(field_named(schema, word));
  }
  return fields;
}

std::string Printer::table(const Schema& schema, const std::vector<Document>& things) const {
  const std::vector<Field> shown = fields(schema);
  std::vector<Column> columns;
  for (const Field& field : shown)
    columns.push_back(
        {field.header, is_right(field.type), field.weight, field.type == FieldType::state});
  Table table(std::move(columns));
  for (const Document& thing : things) {
    std::vector<std::string> cells;
    for (const Field& field : shown) cells.push_back(cell_of(field, thing, options_.now));
    table.add(cells);
  }
  const bool fits = options_.trunc && options_.format != Format::wide;
  return table.render(fits ? options_.width : std::nullopt, options_.headers, options_.color);
}

void Printer::one(const Schema& schema, const Document& thing) {
  if (is_table())
    raw(table(schema, {thing}));
  else if (options_.format == Format::json || options_.format == Format::yaml ||
           options_.format == Format::jq)
    document(thing);
  else
    line(schema, thing);
}

void Printer::list(const Schema& schema, const std::vector<Document>& things,
                   std::string_view next) {
  if (is_table()) {
    raw(table(schema, things));
  } else if (is_by_item()) {
    for (const Document& thing : things) line(schema, thing);
  } else {
    Document whole = Document::object();
    whole["items"] = things;
    if (!next.empty()) whole["next"] = next;
    document(whole);
  }
}

void Printer::line(const Schema& schema, const Document& thing) {
  switch (options_.format) {
    case Format::name:
      raw(name_line(schema, thing));
      return;
    case Format::template_:
      raw(template_.fill(thing));
      return;
    case Format::jq:
      filter(thing);
      return;
    case Format::yaml:
      raw("---\n" + to_yaml(thing));
      return;
    default:
      compact(thing);
  }
}

void Printer::document(const Document& document) {
  switch (options_.format) {
    case Format::json:
      raw(dumped(document, 2));
      return;
    case Format::yaml:
      raw(to_yaml(document));
      return;
    case Format::jq:
      filter(document);
      return;
    case Format::template_:
      raw(template_.fill(document));
      return;
    default:
      compact(document);
  }
}

void Printer::document_line(const Document& document) {
  if (options_.format == Format::jq)
    filter(document);
  else if (options_.format == Format::yaml)
    raw("---\n" + to_yaml(document));
  else
    compact(document);
}

void Printer::compact(const Document& document) {
  raw(dumped(document, -1));
}

void Printer::filter(const Document& document) {
  jq_->run(
      dumped(document, -1),
      [this](std::string_view result) {
        raw(result);
        raw("\n");
      },
      complaint_);
}

void Printer::raw(std::string_view text) {
  if (!text.empty()) printed_ = true;
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) broken_ = true;
}

bool Printer::flush() {
  if (std::fflush(stdout) != 0) broken_ = true;
  return !broken_;
}

}  // namespace goaktctl
