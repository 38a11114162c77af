#pragma once

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

// Vectors recorded from real peers: a folder per protocol, a file per kind, a JSON object per line.
// GOAKT_GOLDEN_DIR names another folder with the same layout; what is absent there is said and
// passed over, what is absent from the repository's own copy fails.
namespace golden {

using Json = nlohmann::json;

inline std::filesystem::path root() {
  const char* named = std::getenv("GOAKT_GOLDEN_DIR");
  return named != nullptr && *named != '\0' ? named : GOAKT_OWN_GOLDEN_DIR;
}

inline bool is_own_copy() {
  return root() == GOAKT_OWN_GOLDEN_DIR;
}

// How many vectors of this protocol were loaded.
inline int& loaded() {
  static int count = 0;
  return count;
}

// The vectors of one file, e.g. load("memberlist", "messages.jsonl").
inline std::vector<Json> load(const std::string& protocol, const std::string& file) {
  const auto folder = root() / protocol;
  if (!is_own_copy() && !std::filesystem::exists(folder)) {
    std::cout << "golden " << protocol << ": absent from the named folder, skipped" << std::endl;
    std::_Exit(77);
  }
  std::vector<Json> vectors;
  std::ifstream in(folder / file);
  for (std::string line; std::getline(in, line);) {
    if (line.empty()) continue;
    auto vector = Json::parse(line, nullptr, false);
    CHECK_MESSAGE(!vector.is_discarded(), protocol << "/" << file << ": not JSON: " << line);
    if (!vector.is_discarded()) vectors.push_back(std::move(vector));
  }
  std::cout << "golden " << protocol << "/" << file << ": ";
  if (vectors.empty()) {
    std::cout << "absent" << std::endl;
    CHECK_MESSAGE(!is_own_copy(), protocol << "/" << file << " has no vectors");
  } else {
    std::cout << vectors.size() << " vectors" << std::endl;
  }
  loaded() += static_cast<int>(vectors.size());
  return vectors;
}

inline std::string from_hex(std::string_view hex) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; };
  std::string out;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    out.push_back(static_cast<char>(digit(hex[i]) << 4 | digit(hex[i + 1])));
  return out;
}

inline std::string to_hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    out.push_back(kDigits[static_cast<std::uint8_t>(c) >> 4]);
    out.push_back(kDigits[static_cast<std::uint8_t>(c) & 15]);
  }
  return out;
}

}  // namespace golden
