#include "goakt/daemon/complaint.h"

#include "goakt/daemon/exit_codes.h"

#include <cstdio>
#include <string>
#include <string_view>

namespace goakt::daemon {

namespace {

// "admin.listen: ..." with the place of the key before it; a flag is its own place.
std::string with_place(std::string message, const config::Settings& settings) {
  const std::string name = message.substr(0, message.find(':'));
  if (config::find_key(name) == nullptr || settings.place(name).empty()) return message;
  const std::string& place = settings.place(name);
  if (place == "--" + name) return place + message.substr(name.size());
  return place + ": " + message;
}

std::string_view usual_hint(int exit) {
  switch (exit) {
    case kOsRefusal:
      return "choose another address, or leave the setting out: goaktd then takes the next free "
             "one";
    case kNoDataDirectory:
      return "make it writable for the user that goaktd runs as, or name another directory";
    case kIo:
      return "look at the permissions and the free space of that directory";
    case kPermission:
      return "look at owner and mode, and at the user that goaktd runs as";
    default:
      return {};
  }
}

}  // namespace

int complain(int exit, const Error& error, const config::Settings* settings) {
  const std::string message =
      settings == nullptr ? error.message() : with_place(error.message(), *settings);
  std::fprintf(stderr, "goaktd: %s\n", message.c_str());
  const std::string hint(error.hint().empty() ? usual_hint(exit) : error.hint());
  if (!hint.empty()) std::fprintf(stderr, "  hint: %s\n", hint.c_str());
  return exit;
}

int settings_exit(const Error& error) {
  return error.is(ErrorCode::permission_denied) ? kPermission : kConfiguration;
}

int start_exit(const Error& error) {
  switch (error.code()) {
    case ErrorCode::invalid_argument:
    case ErrorCode::invalid_actor_system_name:
    case ErrorCode::name_required:
    case ErrorCode::invalid_timeout:
    case ErrorCode::invalid_tls_configuration:
      return kConfiguration;
    case ErrorCode::permission_denied:
      return kPermission;
    case ErrorCode::cluster_quorum:
      return kBootstrap;
    case ErrorCode::unreachable:
    case ErrorCode::address_in_use:
    case ErrorCode::internal:
      return kOsRefusal;
    default:
      return kFailed;
  }
}

}  // namespace goakt::daemon
