#pragma once

#include "goakt/base/result.h"

#include <string>
#include <string_view>

namespace goakt::daemon {

// Writes a file so that whoever reads it sees the old content or the new, never a part: beside it,
// to the disk, then renamed over it. A new file is its owner's alone (0600) and belongs to the
// owner of the directory, so that root can make files for the user that the node runs as; one that
// is there keeps owner and mode. A symbolic link is followed.
// Errors: permission_denied, or internal for all else, with the reason.
[[nodiscard]] Status replace_file(const std::string& path, std::string_view content);

}  // namespace goakt::daemon
