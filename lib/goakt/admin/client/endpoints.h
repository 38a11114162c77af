#pragma once

#include "goakt/backend/http/address.h"
#include "goakt/base/result.h"

#include <string>
#include <string_view>
#include <vector>

namespace goakt::admin {

// Which endpoints to try, in order.
struct Endpoints {
  std::vector<http::Address> addresses;
  bool configured = false;            // named by the user, not the built-in list
  std::vector<std::string> warnings;  // sockets passed over, with the reason
};

// Those that the user gave (each entry may be a comma list). An empty list is an error.
[[nodiscard]] Result<Endpoints> parse_endpoints(const std::vector<std::string>& urls);

// Where a local node listens when nothing was configured: the user's, the system's and the
// temporary socket, then 127.0.0.1:4258. Sockets that do not exist are left out; a socket whose
// directory belongs to neither the user nor root is passed over with a warning, because somebody
// else may have put it there to collect what we send.
Endpoints default_endpoints();

}  // namespace goakt::admin
