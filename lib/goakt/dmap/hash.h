#pragma once

#include "goakt/base/export.h"

#include <cstdint>
#include <string_view>

namespace goakt::dmap {

// XXH64 with seed 0: ids of members, hashes of their names, signatures of tables.
GOAKT_API std::uint64_t xxh64(std::string_view bytes) noexcept;

}  // namespace goakt::dmap
