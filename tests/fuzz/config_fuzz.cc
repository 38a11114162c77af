// Whatever stands in a configuration file: it is taken or refused with a place, and what is taken
// means the same when it is written as a file again. The first byte chooses TOML or JSON.

#include "goakt/config/documents.h"
#include "goakt/config/settings.h"

#include <cstdint>
#include <cstdlib>
#include <fcntl.h>
#include <string>
#include <string_view>
#include <sys/mman.h>
#include <unistd.h>

namespace {

using namespace goakt::config;

void require(bool holds) {
  if (!holds) std::abort();
}

// A file that is only in memory, under a name with that ending.
class MemoryFile {
 public:
  MemoryFile(const char* ending, std::string_view content)
      : link_("/tmp/goakt-config-fuzz-" + std::to_string(::getpid()) + ending) {
    descriptor_ = ::memfd_create("config", MFD_CLOEXEC);
    require(descriptor_ >= 0);
    require(::write(descriptor_, content.data(), content.size()) ==
            static_cast<ssize_t>(content.size()));
    const std::string target = "/proc/self/fd/" + std::to_string(descriptor_);
    ::unlink(link_.c_str());
    require(::symlink(target.c_str(), link_.c_str()) == 0);
  }

  ~MemoryFile() {
    ::unlink(link_.c_str());
    ::close(descriptor_);
  }

  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  const std::string& path() const { return link_; }

 private:
  std::string link_;
  int descriptor_ = -1;
};

goakt::Result<Settings> load(const std::string& path) {
  Sources sources;
  sources.files = {path};
  sources.check_files = false;
  sources.environment = [](const std::string& name) -> std::optional<std::string> {
    if (name == "HERE") return "there";
    return std::nullopt;
  };
  return Settings::load(sources);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const MemoryFile file(data[0] == 'j' ? ".json" : ".toml", text);
  const auto settings = load(file.path());
  if (!settings) {
    require(!settings.error().message().empty());
    return 0;
  }
  const MemoryFile again(".toml", settings_as_toml(*settings, {.only_given = true}));
  const auto repeated = load(again.path());
  require(repeated.has_value());
  for (const Key& key : keys()) require(settings->text(key.name) == repeated->text(key.name));
  return 0;
}
