#include "goakt/admin/client/endpoints.h"

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>

namespace goakt::admin {

namespace {

// Why the socket must not be trusted; nothing when it may be.
std::optional<std::string> distrust(const std::string& socket) {
  const std::string directory = std::filesystem::path(socket).parent_path();

  struct stat info {};

  if (::lstat(directory.c_str(), &info) != 0) return "its directory cannot be read";
  if (!S_ISDIR(info.st_mode)) return "its directory is a link or no directory";
  if (info.st_uid != ::geteuid() && info.st_uid != 0)
    return "its directory belongs to somebody else";
  return std::nullopt;
}

void offer(Endpoints& endpoints, std::string socket) {
  struct stat info {};

  if (::lstat(socket.c_str(), &info) != 0) return;
  if (const auto reason = distrust(socket)) {
    endpoints.warnings.push_back("passing over " + socket + ": " + *reason);
    return;
  }
  http::Address address;
  address.unix_path = std::move(socket);
  endpoints.addresses.push_back(std::move(address));
}

}  // namespace

Result<Endpoints> parse_endpoints(const std::vector<std::string>& urls) {
  Endpoints endpoints;
  endpoints.configured = true;
  for (std::string_view list : urls) {
    while (!list.empty()) {
      const auto comma = list.find(',');
      const std::string_view url = list.substr(0, comma);
      list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
      if (url.empty()) continue;
      GOAKT_TRY(auto address, http::Address::parse(url));
      endpoints.addresses.push_back(std::move(address));
    }
  }
  if (endpoints.addresses.empty())
    return fail(ErrorCode::invalid_argument, "the list of endpoints is empty");
  return endpoints;
}

Endpoints default_endpoints() {
  Endpoints endpoints;
  if (const char* run = std::getenv("XDG_RUNTIME_DIR"); run && *run)
    offer(endpoints, std::string(run) + "/goaktd/admin.sock");
  offer(endpoints, "/run/goaktd/admin.sock");
  offer(endpoints, "/tmp/goaktd-" + std::to_string(::geteuid()) + "/admin.sock");
  http::Address loopback;
  loopback.host = "127.0.0.1";
  loopback.port = 4258;
  endpoints.addresses.push_back(std::move(loopback));
  return endpoints;
}

}  // namespace goakt::admin
