#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace goaktctl {

// A named set of settings. Keys are those of setting_rows() that a context may hold, and `confirm`
// and `color-hint`.
struct Context {
  std::string name;
  std::map<std::string, std::vector<std::string>> values;

  std::string text(const std::string& key) const;
};

// The file of contexts (TOML).
struct ContextFile {
  std::string path;
  bool exists = false;
  std::string current;
  std::string previous;
  std::vector<Context> contexts;
  std::vector<std::string> warnings;

  const Context* find(const std::string& name) const;
  Context* find(const std::string& name);
};

// What a context may hold.
const std::vector<std::string>& context_keys();

// --config, else the first that exists of $XDG_CONFIG_HOME/goaktctl/config.toml,
// ~/.config/goaktctl/config.toml and /etc/goaktctl/config.toml, else the first of these.
std::string contexts_path(const std::string& configured);

// An absent file is an empty one. A file with a token that others can read is refused.
bool read_contexts(const std::string& path, ContextFile& file, std::string& complaint);
// Written beside and moved over it, mode 0600.
bool write_contexts(const ContextFile& file, std::string& complaint);

// "~/x" with the home folder.
std::string expand_home(const std::string& path);

}  // namespace goaktctl
