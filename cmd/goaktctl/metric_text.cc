#include "metric_text.h"

#include <nlohmann/json.hpp>

#include <cmath>
#include <cstdlib>
#include <map>
#include <string>

namespace goaktctl {

namespace {

struct Family {
  std::string type;
  std::string help;
};

std::string_view take_word(std::string_view& line) {
  const auto end = line.find(' ');
  const std::string_view word = line.substr(0, end);
  line.remove_prefix(end == std::string_view::npos ? line.size() : end + 1);
  return word;
}

// a="b",c="d" up to the closing brace; false when it does not end.
bool take_labels(std::string_view& line, Document& labels) {
  while (!line.empty() && line[0] != '}') {
    const auto equals = line.find("=\"");
    if (equals == std::string_view::npos) return false;
    const std::string name(line.substr(0, equals));
    line.remove_prefix(equals + 2);
    std::string value;
    while (!line.empty() && line[0] != '"') {
      if (line[0] == '\\' && line.size() > 1) {
        line.remove_prefix(1);
        value += line[0] == 'n' ? '\n' : line[0];
      } else {
        value += line[0];
      }
      line.remove_prefix(1);
    }
    if (line.empty()) return false;
    line.remove_prefix(1);
    if (line.starts_with(',')) line.remove_prefix(1);
    labels[name] = value;
  }
  if (line.empty()) return false;
  line.remove_prefix(1);
  return true;
}

// Histograms have their type at the name without _bucket, _sum, _count.
const Family* family_of(const std::map<std::string, Family>& families, const std::string& name) {
  if (const auto it = families.find(name); it != families.end()) return &it->second;
  for (const std::string_view suffix : {"_bucket", "_sum", "_count", "_total"}) {
    if (!name.ends_with(suffix)) continue;
    const auto it = families.find(name.substr(0, name.size() - suffix.size()));
    if (it != families.end()) return &it->second;
  }
  return nullptr;
}

void read_comment(std::string_view line, std::map<std::string, Family>& families) {
  take_word(line);
  const std::string_view what = take_word(line);
  const std::string name(take_word(line));
  if (what == "TYPE") families[name].type = line;
  if (what == "HELP") families[name].help = line;
}

}  // namespace

std::vector<Document> read_metrics(std::string_view text) {
  std::vector<Document> samples;
  std::map<std::string, Family> families;
  while (!text.empty()) {
    const auto feed = text.find('\n');
    std::string_view line = text.substr(0, feed);
    text.remove_prefix(feed == std::string_view::npos ? text.size() : feed + 1);
    if (line.starts_with('#')) {
      read_comment(line, families);
      continue;
    }
    const auto end = line.find_first_of("{ ");
    if (end == std::string_view::npos) continue;
    const std::string name(line.substr(0, end));
    const bool labelled = line[end] == '{';
    line.remove_prefix(end + 1);
    Document labels = Document::object();
    const std::string_view label_begin = line;
    if (labelled && !take_labels(line, labels)) continue;
    const std::string label_text(
        label_begin.substr(0, labelled ? label_begin.size() - line.size() - 1 : 0));
    while (line.starts_with(' ')) line.remove_prefix(1);
    const std::string number(take_word(line));
    char* stop = nullptr;
    const double value = std::strtod(number.c_str(), &stop);
    if (stop == number.c_str()) continue;
    Document sample = {{"kind", "Metric"}, {"name", name}, {"labels", labels}};
    if (!label_text.empty()) sample["labelText"] = label_text;
    if (!std::isfinite(value))
      sample["value"] = number;  // JSON knows no infinity
    else if (value == std::floor(value) && std::abs(value) < 9e15)
      sample["value"] = static_cast<std::int64_t>(value);
    else
      sample["value"] = value;
    if (const Family* family = family_of(families, name)) {
      if (!family->type.empty()) sample["type"] = family->type;
      if (!family->help.empty()) sample["help"] = family->help;
    }
    samples.push_back(std::move(sample));
  }
  return samples;
}

}  // namespace goaktctl
