#pragma once

#include <doctest/doctest.h>

#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace goakt {

inline std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (;;) {
    const auto end = text.find(separator);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

// The lines of tests/unit/base/data/<name>, without empty ones and comments.
inline std::vector<std::string> data_lines(const std::string& name) {
  std::ifstream file(std::string(GOAKT_TEST_DATA_DIR "/") + name);
  REQUIRE_MESSAGE(file.is_open(), "cannot open " << name);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);)
    if (!line.empty() && line[0] != '#') lines.push_back(line);
  return lines;
}

}  // namespace goakt
