#pragma once

#include "goakt/base/export.h"

#include <string>

namespace goakt::observe {

// Where every thread of the process is: its name, its state, and the frames of its stack as
// "#2 libgoakt.so+0x1a2b name". Threads are interrupted for some microseconds each by a signal
// (SIGRTMIN + 9); one that blocks it is listed without frames. One caller at a time.
GOAKT_API std::string thread_stacks();

}  // namespace goakt::observe
