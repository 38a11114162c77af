#pragma once

#include "goakt/base/export.h"
#include "goakt/base/result.h"
#include "goakt/config/values.h"

#include <cstdint>
#include <string>
#include <vector>

namespace goakt::config {

// One setting as a file says it.
struct FileEntry {
  std::string key;
  std::string text;       // as a flag would say it
  std::string place;      // "goaktd.toml:12:8"
  std::string complaint;  // why it has no text; empty when it has
  std::uint32_t line = 0;
};

// The settings of a configuration file in the order of their lines: TOML, or JSON when its name
// ends so. Tables are sections, but a table under a key of the type map is its value. Keys are not
// checked. Errors: invalid_argument with place when the file cannot be read or is neither.
[[nodiscard]] GOAKT_API Result<std::vector<FileEntry>> read_file(const std::string& path,
                                                                 const Environment& environment);

// The files of a node: `named`, or what GOAKTD_CONFIG names, or FOLDER/goaktd.toml when it is
// there; then conf.d/*.toml and *.json beside it, by name. Later ones win.
[[nodiscard]] GOAKT_API std::vector<std::string> find_files(const std::string& named,
                                                            const Environment& environment,
                                                            const std::string& folder);

}  // namespace goakt::config
