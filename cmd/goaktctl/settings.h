#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace goaktctl {

struct Context;

enum class SettingKind : std::uint8_t { text, list, duration, number, toggle, count };

// One global flag. The same row says which environment variable and which key of a context set it.
struct SettingRow {
  const char* flags;     // "-o,--output"
  const char* key;       // "output"; in contexts too if `in_context`
  const char* variable;  // "GOAKTCTL_OUTPUT"; empty: none
  SettingKind kind;
  const char* fallback;
  const char* help;
  const char* group;      // of the help: Connection, Output, Run
  const char* completes;  // see completion.cc
  bool in_context = false;
};

const std::vector<SettingRow>& setting_rows();

// Where a value came from; a higher one wins.
enum class Origin : std::uint8_t { builtin, context, environment, flag };

const char* origin_word(Origin origin);

struct Setting {
  std::vector<std::string> values;
  Origin origin = Origin::builtin;
};

// The flags of the command line as they were given, by key.
using GivenFlags = std::map<std::string, std::vector<std::string>>;
using Environment = std::function<std::optional<std::string>(const char*)>;

// Precedence: flag, environment, context, built-in.
class Settings {
 public:
  static Settings resolve(const GivenFlags& given, const Environment& environment,
                          const Context* context);

  const Setting& at(std::string_view key) const;
  std::string text(std::string_view key) const;
  bool on(std::string_view key) const;
  std::int64_t number(std::string_view key) const;
  std::chrono::milliseconds duration(std::string_view key) const;

  // The first value that is wrong, with where it came from.
  std::optional<std::string> complaint() const;

 private:
  std::map<std::string, Setting, std::less<>> values_;
};

std::optional<std::string> process_environment(const char* name);

}  // namespace goaktctl
