#pragma once

#include "goakt/base/result.h"
#include "goakt/config/settings.h"

#include <cstdint>
#include <string>
#include <vector>

// What is wrong with the settings of the admin API that single values do not show: files that
// cannot be used, and addresses that nobody guards. `goaktd config check`, the start and a reload
// ask the same question, so none of them finds what another had called good.
namespace goakt::admin {

enum class Occasion : std::uint8_t {
  start,
  // The listeners are open: a token file that has become empty only shuts everybody out.
  reload,
};

std::vector<config::Finding> check_settings(const config::Settings& settings,
                                            Occasion occasion = Occasion::start);

struct HostPort {
  std::string host;
  std::uint16_t port = 0;
};

// "127.0.0.1:4258", "[::1]:0". Error: invalid_argument.
[[nodiscard]] Result<HostPort> parse_host_port(const std::string& text);

}  // namespace goakt::admin
