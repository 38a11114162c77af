#include "contexts.h"

#include "goakt/base/text.h"
#include "settings.h"

#include <toml++/toml.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sstream>
#include <sys/stat.h>
#include <unistd.h>

// The only file that knows toml++.

namespace goaktctl {

namespace {

namespace fs = std::filesystem;

std::string home() {
  const char* folder = std::getenv("HOME");
  return folder && *folder ? folder : "/";
}

std::string place_of(const std::string& path, const toml::source_position& at) {
  return path + ":" + std::to_string(at.line) + ":" + std::to_string(at.column) + ": ";
}

std::string value_text(const toml::node& node) {
  if (const auto text = node.value_exact<std::string>()) return *text;
  std::ostringstream out;
  if (const auto number = node.value_exact<std::int64_t>())
    out << *number;
  else if (const auto real = node.value_exact<double>())
    out << *real;
  else if (const auto on = node.value_exact<bool>())
    out << (*on ? "true" : "false");
  return out.str();
}

bool read_context(const std::string& path, const std::string& name, const toml::node& node,
                  ContextFile& file, std::string& complaint) {
  const toml::table* table = node.as_table();
  if (!table) {
    complaint = place_of(path, node.source().begin) + "[context." + name + "] must be a table";
    return false;
  }
  Context context;
  context.name = name;
  for (const auto& [key, value] : *table) {
    const std::string word(key.str());
    const auto& known = context_keys();
    if (std::find(known.begin(), known.end(), word) == known.end()) {
      const std::string near = goakt::nearest(word, known);
      complaint = place_of(path, key.source().begin) + "unknown key " + word +
                  (near.empty() ? "" : "; did you mean " + near + "?");
      return false;
    }
    std::vector<std::string> values;
    if (const toml::array* list = value.as_array()) {
      for (const toml::node& item : *list) values.push_back(value_text(item));
    } else {
      values.push_back(value_text(value));
    }
    context.values.emplace(word, std::move(values));
  }
  file.contexts.push_back(std::move(context));
  return true;
}

// A token must be nobody else's to read.
bool is_private_enough(ContextFile& file, std::string& complaint) {
  struct stat info {};

  if (::stat(file.path.c_str(), &info) != 0) return true;
  const bool has_token = std::any_of(file.contexts.begin(), file.contexts.end(),
                                     [](const Context& c) { return c.values.contains("token"); });
  if (has_token && (info.st_mode & 077) != 0) {
    complaint = file.path + " holds a token and others can read it; do: chmod 600 " + file.path;
    return false;
  }
  if ((info.st_mode & 022) != 0)
    file.warnings.push_back(file.path + " can be changed by others; do: chmod 600 " + file.path);
  return true;
}

}  // namespace

std::string Context::text(const std::string& key) const {
  const auto it = values.find(key);
  return it == values.end() || it->second.empty() ? std::string() : it->second.back();
}

const Context* ContextFile::find(const std::string& name) const {
  for (const Context& context : contexts)
    if (context.name == name) return &context;
  return nullptr;
}

Context* ContextFile::find(const std::string& name) {
  return const_cast<Context*>(std::as_const(*this).find(name));
}

const std::vector<std::string>& context_keys() {
  static const std::vector<std::string> keys = [] {
    std::vector<std::string> all = {"confirm", "color-hint"};
    for (const SettingRow& row : setting_rows())
      if (row.in_context) all.emplace_back(row.key);
    return all;
  }();
  return keys;
}

std::string expand_home(const std::string& path) {
  return path == "~" || path.starts_with("~/") ? home() + path.substr(1) : path;
}

std::string contexts_path(const std::string& configured) {
  if (!configured.empty()) return expand_home(configured);
  const char* base = std::getenv("XDG_CONFIG_HOME");
  const std::string own =
      (base && *base ? std::string(base) : home() + "/.config") + "/goaktctl/config.toml";
  const std::string system = "/etc/goaktctl/config.toml";
  return ::access(own.c_str(), F_OK) != 0 && ::access(system.c_str(), R_OK) == 0 ? system : own;
}

bool read_contexts(const std::string& path, ContextFile& file, std::string& complaint) {
  file = {};
  file.path = path;
  if (::access(path.c_str(), F_OK) != 0) return true;
  file.exists = true;
  try {
    const toml::table table = toml::parse_file(path);
    for (const auto& [key, value] : table) {
      if (key == "current-context") {
        file.current = value_text(value);
      } else if (key == "previous-context") {
        file.previous = value_text(value);
      } else if (const toml::table* all = value.as_table(); key == "context" && all) {
        for (const auto& [name, context] : *all)
          if (!read_context(path, std::string(name.str()), context, file, complaint)) return false;
      } else {
        complaint = place_of(path, key.source().begin) + "unknown key " + std::string(key.str()) +
                    "; here stand current-context and [context.NAME]";
        return false;
      }
    }
  } catch (const toml::parse_error& error) {
    complaint = place_of(path, error.source().begin) + std::string(error.description());
    return false;
  }
  return is_private_enough(file, complaint);
}

bool write_contexts(const ContextFile& file, std::string& complaint) {
  toml::table all;
  for (const Context& context : file.contexts) {
    toml::table table;
    for (const auto& [key, values] : context.values) {
      if (key == "endpoints") {
        toml::array list;
        for (const std::string& value : values) list.push_back(value);
        table.insert(key, std::move(list));
      } else if (!values.empty()) {
        table.insert(key, values.back());
      }
    }
    all.insert(context.name, std::move(table));
  }
  toml::table top;
  if (!file.current.empty()) top.insert("current-context", file.current);
  if (!file.previous.empty()) top.insert("previous-context", file.previous);
  if (!all.empty()) top.insert("context", std::move(all));
  std::ostringstream text;
  text << top << '\n';

  std::error_code ignored;
  fs::create_directories(fs::path(file.path).parent_path(), ignored);
  const std::string beside = file.path + ".new";
  const int out = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  const std::string bytes = text.str();
  bool good = out >= 0 && ::fchmod(out, 0600) == 0 &&
              ::write(out, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()) &&
              ::fsync(out) == 0;
  if (out >= 0) ::close(out);
  good = good && ::rename(beside.c_str(), file.path.c_str()) == 0;
  if (!good) complaint = file.path + ": " + std::strerror(errno);
  return good;
}

}  // namespace goaktctl
