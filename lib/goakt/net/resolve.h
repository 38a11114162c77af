#pragma once

#include "goakt/base/export.h"
#include "goakt/base/result.h"
#include "goakt/net/endpoint.h"
#include "goakt/net/function.h"
#include "goakt/net/loop.h"

#include <string>
#include <vector>

namespace goakt::net {

// Asks the machine's resolver (files, DNS) for the addresses of a name, in its order; an IP is its
// own answer, and localhost is loopback where the machine does not know it. Calls back once on the
// loop's thread; never empty-handed without an error (unreachable, system_shutting_down). Names are
// resolved one after another per loop, and a resolver that hangs is waited for by the loop's end:
// whoever cannot wait gives the question a time-out of his own.
GOAKT_API void resolve(const Loop& loop, const std::string& name, std::uint16_t port,
                       Function<void(Result<std::vector<Endpoint>>)> done);

}  // namespace goakt::net
