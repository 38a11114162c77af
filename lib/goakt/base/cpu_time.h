#pragma once

#include "goakt/base/export.h"

namespace goakt {

// The CPU time that this process has taken so far, its own and the kernel's for it, in seconds.
GOAKT_API double cpu_seconds();

}  // namespace goakt
