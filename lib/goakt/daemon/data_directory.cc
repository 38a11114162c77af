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

namespace {

Status usable(const std::string& path, const std::filesystem::path& writable,
              const std::error_code& error) {
  if (!error && ::access(writable.c_str(), W_OK | X_OK) == 0) return {};
  const std::string why = error ? error.message() : std::strerror(errno);
  return fail(ErrorCode::internal, "data.dir: \"" + path + "\" cannot be written: " + why);
}

}  // namespace

Status prepare_data_directory(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  return usable(path, path, error);
}

Status make_data_directory(const config::Settings& settings) {
  const std::string& path = settings.text("data.dir");
  return path == "auto" ? Status() : prepare_data_directory(path);
}

Status check_data_directory(const config::Settings& settings) {
  const std::string& path = settings.text("data.dir");
  if (path == "auto") return {};
  // What is missing would be made in the last folder that is there.
  std::error_code error;
  std::filesystem::path there = std::filesystem::absolute(path, error);
  while (!error && there.has_relative_path() && !std::filesystem::exists(there, error))
    there = there.parent_path();
  if (!error && !std::filesystem::is_directory(there, error))
    error = std::make_error_code(std::errc::not_a_directory);
  return usable(path, there, error);
}

}  // namespace goakt::daemon
