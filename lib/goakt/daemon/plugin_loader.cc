#include "goakt/daemon/plugin_loader.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <dlfcn.h>
#include <exception>
#include <fcntl.h>
#include <filesystem>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace goakt::daemon {

namespace {

tl::unexpected<Error> refuse(const std::string& path, const std::string& why,
                             const std::string& hint) {
  return unexpected(
      Error(ErrorCode::invalid_argument, "plugin " + path + ": " + why).with_hint(hint));
}

// A read-only view of a file. Empty when it cannot be read.
class MappedFile {
 public:
  explicit MappedFile(const std::string& path) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);

    struct stat info {};

    if (file >= 0 && ::fstat(file, &info) == 0 && S_ISREG(info.st_mode) && info.st_size > 0) {
      size_ = static_cast<std::size_t>(info.st_size);
      void* const at = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file, 0);
      if (at != MAP_FAILED) data_ = static_cast<const char*>(at);
    } else if (file >= 0) {
      errno = S_ISDIR(info.st_mode) ? EISDIR : ENOEXEC;
    }
    if (file >= 0) ::close(file);
  }

  ~MappedFile() {
    if (data_ != nullptr) ::munmap(const_cast<char*>(data_), size_);
  }

  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::string_view content() const {
    return data_ == nullptr ? std::string_view() : std::string_view(data_, size_);
  }

 private:
  const char* data_ = nullptr;
  std::size_t size_ = 0;
};

std::string_view text_of(const char (&field)[PluginInfo::kText]) {
  return {field, ::strnlen(field, sizeof field)};
}

// Loads it where nothing is lost when that ends the process. What it said while dying, or nothing.
std::optional<std::string> trial(const std::string& path) {
  int channel[2];
  if (::pipe2(channel, O_CLOEXEC) != 0) return std::string("no pipe: ") + std::strerror(errno);
  const pid_t child = ::fork();
  if (child < 0) return std::string("no process: ") + std::strerror(errno);
  if (child == 0) {
    ::dup2(channel[1], STDERR_FILENO);
    std::signal(SIGABRT, SIG_DFL);
    if (::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL) != nullptr) ::_exit(0);
    const char* const why = ::dlerror();
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, why, std::strlen(why));
    ::_exit(1);
  }
  ::close(channel[1]);
  std::string said;
  std::array<char, 4096> buffer{};
  for (ssize_t got; (got = ::read(channel[0], buffer.data(), buffer.size())) != 0;) {
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) break;
    if (said.size() < 64 * 1024) said.append(buffer.data(), static_cast<std::size_t>(got));
  }
  ::close(channel[0]);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return std::nullopt;
  said = said.substr(0, said.find('\n'));
  if (WIFSIGNALED(status)) said.append(" (signal ").append(std::to_string(WTERMSIG(status)) + ")");
  return said;
}

std::string hint_for(const std::string& said) {
  // protobuf's words for a file or type that is registered twice.
  if (said.find("GeneratedDatabase") != std::string::npos ||
      said.find("already exists in database") != std::string::npos ||
      said.find("descriptor") != std::string::npos)
    return "its protobuf files are loaded already, by goaktd or by another plugin: rename the file "
           "and its package, or leave one of the two out";
  return "see what its author says about the libraries that it needs";
}

}  // namespace

std::optional<PluginInfo> find_plugin_info(std::string_view file_content) {
  std::string marker(internal::kReversedMarker);
  std::reverse(marker.begin(), marker.end());
  for (auto at = file_content.find(marker); at != std::string_view::npos;
       at = file_content.find(marker, at + 1)) {
    if (file_content.size() - at < sizeof(PluginInfo)) break;
    PluginInfo info;
    std::memcpy(&info, file_content.data() + at, sizeof info);
    // In the info the marker ends with zeros; elsewhere it is a text that happens to be there.
    const bool alone = std::all_of(info.marker + marker.size(), std::end(info.marker),
                                   [](char c) { return c == '\0'; });
    if (alone && !text_of(info.build_id).empty()) return info;
  }
  return std::nullopt;
}

std::optional<std::string> mismatch(const PluginInfo& info) {
  if (info.api != PluginInfo::kApi) {
    return "it speaks version " + std::to_string(info.api) +
           " of the plugin interface, this node " + std::to_string(PluginInfo::kApi);
  }
  if (text_of(info.build_id) != library_build_id()) {
    return "it was built against build " + std::string(text_of(info.build_id)) +
           " of the library, this node runs build " + std::string(library_build_id());
  }
  // 3021012: the last three digits are fixes.
  if (info.protobuf != 0 && info.protobuf / 1000 != library_protobuf_version() / 1000) {
    return "it was built with protobuf " + std::to_string(info.protobuf) + ", this node with " +
           std::to_string(library_protobuf_version());
  }
  return std::nullopt;
}

std::string plugin_path(const std::string& name, const std::string& folder) {
  if (name.find('/') != std::string::npos) return name;
  std::error_code error;
  if (std::filesystem::exists(name, error) && name.ends_with(".so"))
    return "./" + name;  // dlopen would look in the system's folders
  return folder + "/" + name + (name.ends_with(".so") ? "" : ".so");
}

Status load_plugin(const std::string& path, Kinds& kinds) {
  std::string name;
  {
    const MappedFile file(path);
    if (file.content().empty()) {
      return refuse(path, std::string("cannot read it: ") + std::strerror(errno),
                    "give a path, or a name in plugins.dir");
    }
    const auto info = find_plugin_info(file.content());
    if (!info)
      return refuse(path, "it is no plugin",
                    "a plugin has GOAKT_PLUGIN(...) in one of its sources");
    if (const auto why = mismatch(*info))
      return refuse(path, *why, "build it anew against the library that is installed here");
    name = text_of(info->name);
  }
  if (const auto said = trial(path))
    return refuse(path, "cannot be loaded: " + *said, hint_for(*said));
  void* const handle = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);  // for ever
  if (handle == nullptr) return refuse(path, ::dlerror(), "");
  using Register = void (*)(Plugin*);
  const auto body = reinterpret_cast<Register>(::dlsym(handle, "goakt_plugin_v1"));
  if (body == nullptr) return refuse(path, "it has no goakt_plugin_v1", "use GOAKT_PLUGIN");
  Plugin plugin(kinds, name);
  try {
    body(&plugin);
  } catch (const std::exception& error) {
    return refuse(path, std::string("its registration threw: ") + error.what(), "");
  } catch (...) {
    return refuse(path, "its registration threw", "");
  }
  if (!plugin.status()) return refuse(path, plugin.status().error().message(), "");
  return {};
}

}  // namespace goakt::daemon
