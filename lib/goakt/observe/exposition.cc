#include "goakt/observe/exposition.h"

#include <charconv>
#include <cmath>

namespace goakt::observe {

namespace {

void append_value(std::string& out, double value) {
  if (std::isnan(value)) {
    out += "NaN";
  } else if (std::isinf(value)) {
    out += value > 0 ? "+Inf" : "-Inf";
  } else {
    char text[32];
    const auto end = std::to_chars(text, text + sizeof text, value).ptr;
    out.append(text, end);
  }
}

void append_escaped(std::string& out, std::string_view value) {
  for (const char c : value) {
    if (c == '\n') {
      out += "\\n";
      continue;
    }
    if (c == '\\' || c == '"') out += '\\';
    out += c;
  }
}

}  // namespace

Exposition& Exposition::family(std::string_view name, Type type, std::string_view help) {
  constexpr std::string_view kTypes[] = {"counter", "gauge", "histogram"};
  name_ = name;
  type_ = type;
  // OpenMetrics names a counter's family without the _total of its samples.
  std::string_view head = name;
  if (open_metrics_ && type == Type::counter && head.ends_with("_total")) head.remove_suffix(6);
  text_.append("# HELP ").append(head).append(" ").append(help).append("\n");
  text_.append("# TYPE ").append(head).append(" ");
  text_.append(kTypes[static_cast<int>(type)]).append("\n");
  return *this;
}

Exposition& Exposition::sample(Labels labels, double value, std::string_view suffix) {
  text_.append(name_).append(suffix);
  if (labels.size() != 0) {
    char separator = '{';
    for (const auto& [label, text] : labels) {
      text_ += separator;
      separator = ',';
      text_.append(label).append("=\"");
      append_escaped(text_, text);
      text_ += '"';
    }
    text_ += '}';
  }
  text_ += ' ';
  append_value(text_, value);
  text_ += '\n';
  return *this;
}

std::string Exposition::finish() && {
  if (open_metrics_) text_ += "# EOF\n";
  return std::move(text_);
}

}  // namespace goakt::observe
