#include "goakt/dmap/hash.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace goakt::dmap {

std::uint64_t xxh64(std::string_view bytes) noexcept {
  return XXH64(bytes.data(), bytes.size(), 0);
}

}  // namespace goakt::dmap
