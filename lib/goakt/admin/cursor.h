#pragma once

#include "goakt/admin/refusal.h"
#include "goakt/base/clock.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace goakt::admin {

// Where a list goes on: what `next` of a page holds and `page` of a request brings back. Opaque to
// callers; versioned, bound to the list, the node and ten minutes.
struct Cursor {
  static constexpr std::chrono::minutes kLives{10};

  std::uint64_t position = 0;

  // `scope`: which list of which run of which node, "actors|3f2a91".
  std::string to_text(std::string_view scope, WallTime now) const;
  // An empty text is the beginning. Refusals: invalid_argument for what no list gave, page_expired
  // for one that is too old or of another node.
  [[nodiscard]] static tl::expected<Cursor, Refusal> parse(std::string_view text,
                                                           std::string_view scope, WallTime now);
};

}  // namespace goakt::admin
