#pragma once

#include "goakt/base/export.h"
#include "goakt/base/result.h"
#include "goakt/config/keys.h"

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
enum class Origin : std::uint8_t { default_value, environment, flag };

// The configuration of one node: a checked value for every key of the table. Made once, read after.
class GOAKT_API Settings {
 public:
  // Named on the command line, in order.
  using Given = std::vector<std::pair<std::string, std::string>>;
  using Environment = std::function<std::optional<std::string>(const std::string&)>;

  // All defaults.
  Settings();

  // Flags over environment over defaults. The error lists every problem, not the first alone, each
  // with where it was said; unknown keys get the nearest known one.
  [[nodiscard]] static Result<Settings> load(const Given& flags, const Environment& environment);
  // The process' own environment.
  static std::optional<std::string> process_environment(const std::string& name);

  const std::string& text(std::string_view key) const;
  std::int64_t number(std::string_view key) const;
  std::chrono::milliseconds duration(std::string_view key) const;
  std::vector<std::string> list(std::string_view key) const;
  Origin origin(std::string_view key) const;

  bool is_default(std::string_view key) const { return origin(key) == Origin::default_value; }

 private:
  struct Value {
    std::string text;
    Origin origin = Origin::default_value;
  };

  const Value& value(std::string_view key) const;

  std::map<std::string, Value, std::less<>> values_;
};

// What is wrong with that text as a value of the key; nothing when it is good.
GOAKT_API std::optional<std::string> complaint_about(const Key& key, const std::string& text);

}  // namespace goakt::config
