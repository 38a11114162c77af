#include "goakt/admin/projection.h"

#include <nlohmann/json.hpp>

#include <vector>

namespace goakt::admin {

namespace {

using Document = nlohmann::ordered_json;

std::vector<std::string> split(std::string_view text, char at) {
  std::vector<std::string> parts;
  for (;;) {
    const auto end = text.find(at);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

using Paths = std::vector<std::vector<std::string>>;

Document only(const Document& object, const Paths& paths) {
  Document kept = Document::object();
  for (const auto& path : paths) {
    const Document* from = &object;
    for (const std::string& step : path) {
      const auto it = from->is_object() ? from->find(step) : from->end();
      if (!from->is_object() || it == from->end()) {
        from = nullptr;
        break;
      }
      from = &*it;
    }
    if (from == nullptr) continue;
    Document* to = &kept;
    for (const std::string& step : path) {
      if (to->is_null()) *to = Document::object();
      if (!to->is_object()) break;  // a shorter path has put the whole there
      to = &(*to)[step];
    }
    if (to->is_null()) *to = *from;
  }
  return kept;
}

}  // namespace

std::string project(const std::string& document, std::string_view fields) {
  Document json = Document::parse(document, nullptr, false);
  if (json.is_discarded() || !json.is_object() || fields.empty()) return document;
  Paths paths;
  for (const std::string& field : split(fields, ',')) paths.push_back(split(field, '.'));
  if (const auto items = json.find("items"); items != json.end() && items->is_array()) {
    for (Document& item : *items) item = only(item, paths);
  } else {
    json = only(json, paths);
  }
  return json.dump(-1, ' ', false, Document::error_handler_t::replace) + "\n";
}

}  // namespace goakt::admin
