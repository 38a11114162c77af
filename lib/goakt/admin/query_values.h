#pragma once

#include "goakt/admin/router.h"

#include <cstdint>
#include <string_view>

namespace goakt::admin {

// A whole number of the query, or the default when it is absent; a refusal when it is none or
// outside.
tl::expected<std::int64_t, Refusal> query_number(const Request& request, std::string_view key,
                                                 std::int64_t otherwise, std::int64_t min,
                                                 std::int64_t max);
bool query_switch(const Request& request, std::string_view key);

}  // namespace goakt::admin
