#pragma once

#include "goakt/admin/refusal.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace goakt::admin {

// What the head of a request says about itself.
struct RequestHead {
  std::string_view method;
  std::string_view host;
  std::string_view origin;
  std::string_view content_type;
  std::string_view content_encoding;
  bool has_body = false;
};

// Refuses a request by its head, before its body is read.
//
// A web page that makes the browser talk to this port has a name in Host or an Origin of its own,
// and cannot send JSON without asking first: only literal addresses, localhost and `names` are
// taken as host, the own origin alone, and bodies must be JSON.
std::optional<Refusal> check_head(const RequestHead& head, bool is_unix, bool is_tls,
                                  const std::vector<std::string>& names);

}  // namespace goakt::admin
