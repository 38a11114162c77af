#include "goakt/config/file.h"

#include <nlohmann/json.hpp>
#include <toml++/toml.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace goakt::config {

namespace {

namespace fs = std::filesystem;

// More is no configuration, and must not fill the memory.
constexpr std::uintmax_t kMostBytes = 4 << 20;

Result<std::string> content_of(const std::string& path) {
  std::error_code error;
  if (fs::is_directory(path, error))
    return fail(ErrorCode::invalid_argument, path + ": is a directory, not a file");
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    return fail(errno == EACCES ? ErrorCode::permission_denied : ErrorCode::invalid_argument,
                path + ": cannot be read: " + std::strerror(errno));
  }
  std::string content(kMostBytes + 1, '\0');
  in.read(content.data(), static_cast<std::streamsize>(content.size()));
  content.resize(static_cast<std::size_t>(in.gcount()));
  if (content.size() > kMostBytes)
    return fail(ErrorCode::invalid_argument, path + ": is larger than 4 MiB");
  return content;
}

bool is_map(const std::string& key) {
  const Key* known = find_key(key);
  return known != nullptr && known->type == KeyType::map;
}

// Collects entries of either format.
class Reader {
 public:
  Reader(const std::string& path, const Environment& environment)
      : path_(path), environment_(environment) {}

  void add(std::string key, std::optional<std::string> text, std::string complaint,
           std::uint32_t line, std::uint32_t column) {
    FileEntry entry;
    entry.key = std::move(key);
    entry.line = line;
    entry.place = path_;
    if (line != 0) entry.place += ":" + std::to_string(line) + ":" + std::to_string(column);
    if (text)
      entry.text = *std::move(text);
    else
      entry.complaint = std::move(complaint);
    entries_.push_back(std::move(entry));
  }

  // An item of a list or map, which a flag separates by commas.
  std::optional<std::string> item(std::string text, std::string& complaint) const {
    if (const auto bad = expand(text, environment_)) {
      complaint = *bad;
      return std::nullopt;
    }
    if (text.find(',') == std::string::npos) return text;
    complaint = "must hold no comma in an item";
    return std::nullopt;
  }

  std::optional<std::string> single(std::string text, std::string& complaint) const {
    if (const auto bad = expand(text, environment_)) {
      complaint = *bad;
      return std::nullopt;
    }
    return text;
  }

  std::vector<FileEntry> take() {
    std::stable_sort(entries_.begin(), entries_.end(),
                     [](const FileEntry& a, const FileEntry& b) { return a.line < b.line; });
    return std::move(entries_);
  }

 private:
  const std::string& path_;
  const Environment& environment_;
  std::vector<FileEntry> entries_;
};

template <class Number>
std::string text_of(Number number) {
  std::ostringstream out;
  out.imbue(std::locale::classic());
  out << number;
  return out.str();
}

std::optional<std::string> scalar(const toml::node& node, const Reader& reader,
                                  std::string& complaint, bool in_list) {
  if (const auto* text = node.as_string())
    return in_list ? reader.item(text->get(), complaint) : reader.single(text->get(), complaint);
  if (const auto* number = node.as_integer()) return std::to_string(number->get());
  if (const auto* number = node.as_floating_point()) return text_of(number->get());
  if (const auto* flag = node.as_boolean()) return std::string(flag->get() ? "true" : "false");
  complaint = "must be a text, a number, true or false";
  return std::nullopt;
}

// [a, b] or {x = a} as a flag says it.
std::optional<std::string> joined(const toml::node& node, const Reader& reader,
                                  std::string& complaint) {
  std::string all;
  const auto append = [&](const std::string& before, const toml::node& item) {
    const auto text = scalar(item, reader, complaint, true);
    if (text) all += (all.empty() ? "" : ",") + before + *text;
    return text.has_value();
  };
  if (const auto* array = node.as_array()) {
    for (const toml::node& item : *array)
      if (!append("", item)) return std::nullopt;
  } else if (const auto* table = node.as_table()) {
    for (const auto& [name, item] : *table)
      if (!append(std::string(name.str()) + "=", item)) return std::nullopt;
  }
  return all;
}

void walk(const toml::table& table, const std::string& prefix, Reader& reader) {
  for (const auto& [name, node] : table) {
    const auto at = name.source().begin;
    const std::string word(name.str());
    const std::string key = prefix + word;
    // "a.b" = 1 is another key than a.b = 1, and would hide it.
    if (word.find('.') != std::string::npos) {
      reader.add(key, std::nullopt, "must not be quoted: write " + key + " or [section]", at.line,
                 at.column);
    } else if (const auto* inner = node.as_table(); inner != nullptr && !is_map(key)) {
      if (inner->empty() && find_key(key) != nullptr)
        reader.add(key, std::nullopt, "must be a value, not a table", at.line, at.column);
      walk(*inner, key + ".", reader);
    } else {
      std::string complaint;
      const bool many = node.is_array() || node.is_table();
      auto text = many ? joined(node, reader, complaint) : scalar(node, reader, complaint, false);
      reader.add(key, std::move(text), std::move(complaint), at.line, at.column);
    }
  }
}

Result<std::vector<FileEntry>> read_toml(const std::string& path, const std::string& content,
                                         Reader& reader) {
  try {
    const toml::table table = toml::parse(content, path);
    walk(table, "", reader);
    return reader.take();
  } catch (const toml::parse_error& error) {
    const auto at = error.source().begin;
    return fail(ErrorCode::invalid_argument, path + ":" + std::to_string(at.line) + ":" +
                                                 std::to_string(at.column) + ": " +
                                                 std::string(error.description()));
  }
}

using Json = nlohmann::ordered_json;

std::optional<std::string> scalar(const Json& json, const Reader& reader, std::string& complaint,
                                  bool in_list) {
  if (json.is_string()) {
    return in_list ? reader.item(json.get<std::string>(), complaint)
                   : reader.single(json.get<std::string>(), complaint);
  }
  if (json.is_number() || json.is_boolean()) return json.dump();
  complaint = "must be a text, a number, true or false";
  return std::nullopt;
}

std::optional<std::string> joined(const Json& json, const Reader& reader, std::string& complaint) {
  std::string all;
  for (const auto& [name, item] : json.items()) {
    const auto text = scalar(item, reader, complaint, true);
    if (!text) return std::nullopt;
    all += (all.empty() ? "" : ",") + (json.is_object() ? name + "=" : std::string()) + *text;
  }
  return all;
}

void walk(const Json& json, const std::string& prefix, Reader& reader) {
  for (const auto& [name, value] : json.items()) {
    const std::string key = prefix + name;
    if (value.is_object() && !is_map(key)) {
      walk(value, key + ".", reader);
      continue;
    }
    std::string complaint;
    auto text = value.is_structured() ? joined(value, reader, complaint)
                                      : scalar(value, reader, complaint, false);
    reader.add(key, std::move(text), std::move(complaint), 0, 0);
  }
}

// Nested deeper than any section is, the parser would end the process.
bool is_deep(const std::string& content) {
  int depth = 0;
  for (const char c : content) {
    depth += c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0;
    if (depth > 64) return true;
  }
  return false;
}

Result<std::vector<FileEntry>> read_json(const std::string& path, const std::string& content,
                                         Reader& reader) {
  if (is_deep(content)) return fail(ErrorCode::invalid_argument, path + ": is nested too deeply");
  try {
    const Json json = Json::parse(content);
    if (!json.is_object()) return fail(ErrorCode::invalid_argument, path + ": is no JSON object");
    walk(json, "", reader);
    return reader.take();
  } catch (const Json::exception& error) {
    std::string what = error.what();  // "[json.exception...] parse error at line 1, column 2: ..."
    if (const auto bracket = what.find("] "); bracket != std::string::npos)
      what.erase(0, bracket + 2);
    return fail(ErrorCode::invalid_argument, path + ": " + what);
  }
}

bool is_json(const std::string& path) {
  return path.ends_with(".json");
}

}  // namespace

Result<std::vector<FileEntry>> read_file(const std::string& path, const Environment& environment) {
  GOAKT_TRY(const std::string content, content_of(path));
  Reader reader(path, environment);
  return is_json(path) ? read_json(path, content, reader) : read_toml(path, content, reader);
}

std::vector<std::string> find_files(const std::string& named, const Environment& environment,
                                    const std::string& folder) {
  std::error_code error;
  std::vector<std::string> files;
  std::string main = named;
  if (main.empty()) main = environment("GOAKTD_CONFIG").value_or("");
  const bool asked_for = !main.empty();
  if (!asked_for) main = folder + "/goaktd.toml";
  if (asked_for || fs::exists(main, error)) files.push_back(main);

  std::vector<std::string> more;
  fs::directory_iterator entries(fs::path(main).parent_path() / "conf.d", error);
  for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
    const std::string path = entries->path().string();
    if (path.ends_with(".toml") || is_json(path)) more.push_back(path);
  }
  std::sort(more.begin(), more.end());
  files.insert(files.end(), more.begin(), more.end());
  return files;
}

}  // namespace goakt::config
