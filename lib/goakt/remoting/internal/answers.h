#pragma once

#include "goakt/base/result.h"
#include "goakt/wire/frame.h"

#include <string_view>

namespace goakt::remoting {

// A peer's answer, views into `bytes`. Errors: the one that the peer answers with, as from_remote()
// makes it; invalid_response for another type; parse_frame()'s.
[[nodiscard]] Result<wire::Frame> read_answer(std::string_view bytes, std::string_view type);

}  // namespace goakt::remoting
