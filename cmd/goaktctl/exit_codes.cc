#include "exit_codes.h"

#include <algorithm>

namespace goaktctl {

int worse(int a, int b) {
  constexpr int kOrder[] = {denied,  unreachable, not_found,   conflict,  impossible, wait_timeout,
                            timeout, actor_error, unsupported, unhealthy, partial,    failed};
  for (const int code : kOrder)
    if (a == code || b == code) return code;
  return std::max(a, b);
}

}  // namespace goaktctl
