#pragma once

#include "goakt/base/export.h"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// How people write things, for flags, configuration and complaints about them, and how bytes become
// text.
namespace goakt {

// "250ms", "5s", "2m", "1h30m", or a number of seconds. False when it is none of these.
GOAKT_API bool parse_duration(const std::string& text, std::chrono::milliseconds& out);

// The known word within two typing mistakes; empty when none is near.
GOAKT_API std::string nearest(const std::string& word, const std::vector<std::string>& known);

// The alphabet of RFC 4648 with padding; the reader takes text without it, too, and nothing else:
// none for any other character and for a length that no bytes have.
GOAKT_API std::string base64_encode(std::string_view bytes);
GOAKT_API std::optional<std::string> base64_decode(std::string_view text);

// Lower case; the reader takes both. None for other characters and an odd number of them.
GOAKT_API std::string hex_encode(std::string_view bytes);
GOAKT_API std::optional<std::string> hex_decode(std::string_view text);

}  // namespace goakt
