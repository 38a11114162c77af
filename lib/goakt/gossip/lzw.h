#pragma once

#include "goakt/base/export.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

// LZW as in GIF and Go's compress/lzw: least significant bit first, 8-bit literals, 9 to 12 bits.
namespace goakt::gossip::lzw {

// The same bytes as Go's writer for the same input.
GOAKT_API std::string compress(std::string_view input);

// None if the input is cut, wrong, or would grow beyond `limit`: a few bytes can stand for a
// thousand times as many.
GOAKT_API std::optional<std::string> expand(std::string_view input, std::size_t limit);

}  // namespace goakt::gossip::lzw
