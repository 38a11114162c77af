#include "goakt/daemon/data_directory.h"

#include "goakt/daemon/environment.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <unistd.h>

namespace goakt::daemon {

std::string data_directory(const config::Settings& settings) {
  const std::string& path = settings.text("data.dir");
  if (path != "auto") return path;
  // systemd joins several by colons.
  if (const std::string state = variable("STATE_DIRECTORY"); !state.empty())
    return state.substr(0, state.find(':'));
  if (::geteuid() == 0) return "/var/lib/goaktd";
  if (const std::string state = variable("XDG_STATE_HOME"); state.starts_with('/'))
    return state + "/goaktd";
  if (const std::string home = variable("HOME"); home.starts_with('/'))
    return home + "/.local/state/goaktd";
  return (std::filesystem::temp_directory_path() / ("goaktd-" + std::to_string(::geteuid())) /
          "state")
      .string();
}

Status prepare_data_directory(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (!error && ::access(path.c_str(), W_OK | X_OK) == 0) return {};
  const std::string why = error ? error.message() : std::strerror(errno);
  return fail(ErrorCode::internal, "data.dir: \"" + path + "\" cannot be written: " + why);
}

}  // namespace goakt::daemon
