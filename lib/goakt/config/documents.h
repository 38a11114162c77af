#pragma once

#include "goakt/base/export.h"
#include "goakt/config/settings.h"

#include <string>

// What is written about the key table, and in its form. All of it is made from the table alone.
namespace goakt::config {

// A configuration file with every key, its default and what it means; all commented out.
GOAKT_API std::string defaults_as_toml();

struct ShowOptions {
  bool origin = false;      // where each value came from, as a comment
  bool only_given = false;  // without defaults
};

// The settings as a configuration file; secrets are not shown.
GOAKT_API std::string settings_as_toml(const Settings& settings, const ShowOptions& options = {});
// One object with dotted keys: value, origin, place.
GOAKT_API std::string settings_as_json(const Settings& settings);

// JSON Schema (2020-12) of a configuration file.
GOAKT_API std::string json_schema();

// docs/configuration.md.
GOAKT_API std::string reference_as_markdown();
// The keys as sections of a man page, without its head: goaktd.toml(5).
GOAKT_API std::string reference_as_man_page();

}  // namespace goakt::config
