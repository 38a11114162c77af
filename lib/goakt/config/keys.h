#pragma once

#include "goakt/base/export.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace goakt::config {

enum class KeyType : std::uint8_t { text, number, flag, duration, list };

// One setting of a node. Flags, environment variables, help and (later) files all come from this
// table, so a key exists everywhere or nowhere.
struct Key {
  std::string_view name;  // "admin.listen"
  KeyType type;
  std::string_view default_value;
  std::int64_t min = 0;  // numbers
  std::int64_t max = 0;
  std::string_view choices = {};  // text: "a|b|c" when only these are meant
  bool reload = false;            // taken over by a running node
  std::string_view doc = {};
};

GOAKT_API std::span<const Key> keys();
// Null when there is none of that name.
GOAKT_API const Key* find_key(std::string_view name);
// "admin.listen" to "GOAKTD_ADMIN_LISTEN".
GOAKT_API std::string environment_name(std::string_view key);

}  // namespace goakt::config
