#include "output/template.h"

#include <nlohmann/json.hpp>

namespace goaktctl {

bool Template::parse(std::string_view text, Template& out, std::string& complaint) {
  out.parts_.clear();
  std::string literal;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\\' && i + 1 < text.size() &&
        std::string_view("tn\\").find(text[i + 1]) != std::string_view::npos) {
      ++i;
      literal += text[i] == 't' ? '\t' : text[i] == 'n' ? '\n' : '\\';
      continue;
    }
    if (c != '{') {
      literal += c;
      continue;
    }
    const auto end = text.find('}', i);
    if (end == std::string_view::npos) {
      complaint = "the template has a { without its }";
      return false;
    }
    if (!literal.empty()) out.parts_.push_back({std::move(literal), false});
    literal.clear();
    out.parts_.push_back({std::string(text.substr(i + 1, end - i - 1)), true});
    i = end;
  }
  if (!literal.empty()) out.parts_.push_back({std::move(literal), false});
  return true;
}

std::string Template::fill(const Document& thing) const {
  std::string out;
  for (const Part& part : parts_) {
    if (!part.is_path) {
      out += part.text;
    } else if (const Document* value = at_path(thing, part.text)) {
      out += plain_text(*value);
    }
  }
  return out;
}

}  // namespace goaktctl
