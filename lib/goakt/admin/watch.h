#pragma once

#include "goakt/admin/router.h"
#include "goakt/admin/traffic.h"

namespace goakt::admin {

// A read with `watch`: a stream of {"type": "added|changed|removed", "object": {...}}, made by
// asking again every `intervalMs` (2000) and telling what is different. A list is watched by its
// first page. The router must outlive the stream.
Reply watch(const Request& request, const Router& router, Traffic& traffic);

}  // namespace goakt::admin
