#include "output/schema.h"

#include "output/text.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>

namespace goaktctl {

namespace {

std::string joined(const Document& list) {
  std::string text;
  for (const Document& item : list) text += (text.empty() ? "" : ",") + cell_text(item);
  return text.empty() ? "-" : text;
}

// "3m12s" ago, or "in 5s". An age is never ahead of us, whatever two machines' clocks say.
std::string distance(const Document& value, Now now, bool is_age) {
  if (!value.is_string()) return "-";
  const std::string text = value.get<std::string>();
  const auto time = parse_time(text);
  if (!time) return text;
  const double ago = std::chrono::duration<double>(now - *time).count();
  if (is_age) return short_duration(std::max(ago, 0.0));
  return ago >= 0 ? short_duration(ago) : "in " + short_duration(-ago);
}

const char* json_type(FieldType type) {
  switch (type) {
    case FieldType::number:
    case FieldType::seconds:
      return "number";
    case FieldType::switched:
      return "boolean";
    case FieldType::list:
      return "array";
    default:
      return "string";
  }
}

}  // namespace

const Schema* find_schema(std::string_view word) {
  for (const Schema& schema : all_schemas())
    if (same_word(schema.kind, word) || same_word(schema.noun, word)) return &schema;
  return nullptr;
}

const Schema& schema_of(std::string_view noun) {
  const Schema* schema = find_schema(noun);
  return schema ? *schema : all_schemas().front();
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

std::string plain_text(const Document& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_null()) return "";
  return value.dump(-1, ' ', false, Document::error_handler_t::replace);
}

std::string cell_text(const Document& value) {
  if (value.is_null()) return "-";
  if (value.is_number_unsigned()) return with_thousands(value.get<std::uint64_t>());
  if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
  return plain_text(value);
}

std::string cell_of(const Field& field, const Document& thing, Now now) {
  const Document* value = at_path(thing, field.path);
  if (!value || value->is_null()) return "-";
  switch (field.type) {
    case FieldType::seconds:
      return value->is_number() ? short_duration(value->get<double>()) : "-";
    case FieldType::time:
      return distance(*value, now, field.header != "NEXT");
    case FieldType::list:
      return value->is_array() ? joined(*value) : cell_text(*value);
    case FieldType::number:
      return value->is_number_float() ? short_number(value->get<double>()) : cell_text(*value);
    default:
      return cell_text(*value);
  }
}

Document json_schema(const Schema& schema) {
  Document out = {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                  {"title", schema.kind},
                  {"description", schema.about},
                  {"type", "object"}};
  Document properties = {{"kind", {{"const", schema.kind}}}};
  for (const Field& field : schema.fields) {
    Document* at = &properties;
    std::string_view path = field.path;
    for (auto dot = path.find('.'); dot != std::string_view::npos; dot = path.find('.')) {
      Document& outer = (*at)[std::string(path.substr(0, dot))];
      outer["type"] = "object";
      at = &outer["properties"];
      path.remove_prefix(dot + 1);
    }
    Document& property = (*at)[std::string(path)];
    property["type"] = json_type(field.type);
    if (field.type == FieldType::time) property["format"] = "date-time";
  }
  out["properties"] = std::move(properties);
  out["required"] = Document::array({schema.key});
  out["additionalProperties"] = true;
  return out;
}

}  // namespace goaktctl
