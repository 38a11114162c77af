#pragma once

#include "goakt/base/export.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace goakt::config {

enum class KeyType : std::uint8_t {
  text,
  number,
  real,
  flag,
  duration,  // "250ms", "1h30m", or seconds
  size,      // "16MiB", or bytes
  list,      // "a,b"
  map,       // "a=1,b=2"
};

// What a text must be beyond a text.
enum class Form : std::uint8_t { any, system_name, ip, host_port };

// One setting of a node. Flags, environment variables, files, help, the reference, the man page and
// the JSON schema all come from this table, so a key exists everywhere or nowhere.
struct Key {
  std::string_view name;  // "admin.listen"
  KeyType type;
  // As it would be given. A key whose default is empty may be empty.
  std::string_view default_value;
  std::int64_t min = 0;  // numbers and sizes
  std::int64_t max = 0;
  // "a|b|c": the only texts that are meant; beside numbers and durations, words that are good too.
  std::string_view choices = {};
  bool reload = false;  // taken over by a running node
  std::string_view doc = {};
  Form form = Form::any;
  bool secret = false;  // never shown
  // Checked but without effect on a node that runs alone.
  bool cluster_only = false;
};

GOAKT_API std::span<const Key> keys();
// Null when there is none of that name.
GOAKT_API const Key* find_key(std::string_view name);
// The key that was probably meant; empty when none is near.
GOAKT_API std::string nearest_key(std::string_view name);
// "admin.listen" to "GOAKTD_ADMIN_LISTEN".
GOAKT_API std::string environment_name(std::string_view key);
// "admin.listen" to "admin": what groups keys in files and help.
GOAKT_API std::string_view section_of(std::string_view key);

}  // namespace goakt::config
