#pragma once

#include "goakt/base/export.h"
#include "goakt/base/result.h"
#include "goakt/config/keys.h"
#include "goakt/config/values.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace goakt::config {

// Where a value came from; a later one wins.
enum class Origin : std::uint8_t { default_value, file, environment, flag };

// "default", "file", "environment", "flag".
GOAKT_API std::string_view to_string(Origin origin) noexcept;

// One thing that is wrong, or doubtful, and where it was said.
struct Finding {
  std::string place;  // "goaktd.toml:3:8", "--log.level", "GOAKTD_LOG_LEVEL", or the keys' names
  std::string text;
};

class Settings;

// A line for each: "goaktd.toml:3:8: log.level: ...".
GOAKT_API std::string to_text(const std::vector<Finding>& findings);

// What a configuration is made of.
struct Sources {
  using Given = std::vector<std::pair<std::string, std::string>>;

  Given flags = {};  // in the order of the command line
  Environment environment = {};
  // The names of all variables, to find mistyped ones; may be left out.
  std::vector<std::string> variables = {};
  std::vector<std::string> files = {};  // later ones win
  // Unknown keys of files are findings, not errors.
  bool permissive = false;
  // The files that settings name must be readable.
  bool check_files = true;
  // What only the program itself can tell, of settings that are good by themselves; with
  // check_files.
  std::function<std::vector<Finding>(const Settings&)> more_checks = {};
};

// The configuration of one node: a checked value for every key of the table. Made once, read after.
class GOAKT_API Settings {
 public:
  // Named on the command line, in order.
  using Given = Sources::Given;
  using Environment = config::Environment;

  // All defaults.
  Settings();

  // Flags over environment over files over defaults. The error lists every problem, not the first
  // alone, a line each: where it was said, and what is wrong; unknown keys get the nearest known
  // one.
  [[nodiscard]] static Result<Settings> load(const Sources& sources);
  [[nodiscard]] static Result<Settings> load(const Given& flags, const Environment& environment);
  // The process' own environment.
  static std::optional<std::string> process_environment(const std::string& name);

  const std::string& text(std::string_view key) const;
  // Numbers, and sizes in bytes.
  std::int64_t number(std::string_view key) const;
  double real(std::string_view key) const;
  bool flag(std::string_view key) const;
  // Zero for a word such as "off".
  std::chrono::milliseconds duration(std::string_view key) const;
  std::vector<std::string> list(std::string_view key) const;
  std::vector<std::pair<std::string, std::string>> map(std::string_view key) const;

  Origin origin(std::string_view key) const;
  // Which file and line, variable or flag it was; empty for a default.
  const std::string& place(std::string_view key) const;

  bool is_default(std::string_view key) const { return origin(key) == Origin::default_value; }

  // A complaint about that key, at the place where it was said.
  Finding finding(std::string_view key, const std::string& text) const;
  // Takes the value of that key from another.
  void keep(std::string_view key, const Settings& other);

  // What is doubtful but no error.
  const std::vector<Finding>& warnings() const { return warnings_; }

 private:
  friend class Loader;

  struct Value {
    std::string text;
    Origin origin = Origin::default_value;
    std::string place = {};
  };

  const Value& value(std::string_view key) const;

  std::map<std::string, Value, std::less<>> values_;
  std::vector<Finding> warnings_;
};

}  // namespace goakt::config
