#pragma once

#include "goakt/base/export.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace goakt::net {

// Of a connection: one endless compressed stream in each direction, flushed after each write.
// Nothing is negotiated, so both ends must be set alike. The numbers are GoAkt's.
enum class Compression : std::uint8_t { none = 0, gzip = 1, zstd = 2, brotli = 3 };

GOAKT_API std::string_view to_string(Compression compression) noexcept;
GOAKT_API std::optional<Compression> parse_compression(std::string_view text) noexcept;

}  // namespace goakt::net
