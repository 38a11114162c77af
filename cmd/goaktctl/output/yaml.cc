#include "output/yaml.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>

namespace goaktctl {

namespace {

using Document = nlohmann::ordered_json;

bool is_block(const Document& value) {
  return value.is_structured() && !value.empty();
}

std::string scalar(const Document& value) {
  return value.dump(-1, ' ', false, Document::error_handler_t::replace);
}

// Keys of our documents are words; any other key is quoted.
std::string key_text(const std::string& key) {
  const bool plain = !key.empty() && std::all_of(key.begin(), key.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_';
  }) && !std::isdigit(static_cast<unsigned char>(key[0]));
  // YAML 1.1 readers take these for booleans and null.
  static const char* const kWords[] = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"};
  std::string lower = key;
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const bool word = std::find(std::begin(kWords), std::end(kWords), lower) != std::end(kWords);
  return plain && !word ? key : scalar(Document(key));
}

void emit(const Document& value, std::size_t indent, std::string& out) {
  const std::string pad(indent, ' ');
  if (value.is_array()) {
    for (const Document& item : value) {
      out += pad + "-";
      if (!is_block(item)) {
        out += " " + scalar(item) + "\n";
        continue;
      }
      std::string block;
      emit(item, indent + 2, block);
      out += " " + block.substr(indent + 2);  // the first line stands behind the dash
    }
    return;
  }
  for (const auto& [key, member] : value.items()) {
    out += pad + key_text(key) + ":";
    if (is_block(member)) {
      out += "\n";
      emit(member, indent + 2, out);
    } else {
      out += " " + scalar(member) + "\n";
    }
  }
}

}  // namespace

std::string to_yaml(const Document& value) {
  if (!is_block(value)) return scalar(value) + "\n";
  std::string out;
  emit(value, 0, out);
  return out;
}

}  // namespace goaktctl
