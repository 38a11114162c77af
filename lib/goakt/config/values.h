#pragma once

#include "goakt/base/export.h"
#include "goakt/config/keys.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// How the values of settings are written.
namespace goakt::config {

using Environment = std::function<std::optional<std::string>(const std::string&)>;

// What is wrong with that text as a value of the key; nothing when it is good.
GOAKT_API std::optional<std::string> complaint_about(const Key& key, const std::string& text);

GOAKT_API std::optional<std::int64_t> parse_whole_number(std::string_view text);
// "64KiB", "16MiB", "1GiB", or a number of bytes.
GOAKT_API std::optional<std::int64_t> parse_size(std::string_view text);
// "a,b" without empty items.
GOAKT_API std::vector<std::string> parse_list(std::string_view text);
// "a=1,b=2"; none when an item has no name or no '='.
GOAKT_API std::optional<std::vector<std::pair<std::string, std::string>>> parse_map(
    std::string_view text);
// The words of "a|b|c".
GOAKT_API std::vector<std::string> choices_of(const Key& key);

// Puts what the environment says in place of ${NAME} and ${NAME:-otherwise}; $$ stands for $.
// Returns what is wrong with the text instead.
GOAKT_API std::optional<std::string> expand(std::string& text, const Environment& environment);

}  // namespace goakt::config
