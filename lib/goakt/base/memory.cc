#include "goakt/base/memory.h"

#include <charconv>
#include <fstream>
#include <malloc.h>
#include <string_view>
#include <sys/sysinfo.h>
#include <unistd.h>

namespace goakt::memory {

namespace {

// Version 1 says "no limit" by a number near 2^63.
constexpr std::uint64_t kNoLimit = std::uint64_t{1} << 60;

// The number that a file consists of; "max" and missing files are none.
std::optional<std::uint64_t> number_in(const std::string& path) {
  std::ifstream file(path);
  std::string text;
  if (!(file >> text)) return std::nullopt;
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

struct Hierarchy {
  std::string mount;
  std::string path;  // of this process's group, "/" at the top
  const char* limit_file;
  const char* used_file;
};

// A container often shows its group's path as seen from the host, with only the group itself
// mounted: levels without files are passed over, the top of the mount is always looked at.
std::optional<Cgroup> tightest(const Hierarchy& hierarchy) {
  std::optional<Cgroup> found;
  std::string path = hierarchy.path == "/" ? "" : hierarchy.path;
  for (;;) {
    const auto folder = hierarchy.mount + path + "/";
    const auto limit = number_in(folder + hierarchy.limit_file);
    if (limit && *limit < kNoLimit && (!found || *limit < found->limit))
      found = Cgroup{.limit = *limit, .used = number_in(folder + hierarchy.used_file).value_or(0)};
    if (path.empty()) return found;
    path.erase(path.rfind('/'));
  }
}

bool names_memory(std::string_view controllers) {
  while (!controllers.empty()) {
    const auto comma = controllers.find(',');
    if (controllers.substr(0, comma) == "memory") return true;
    if (comma == std::string_view::npos) break;
    controllers.remove_prefix(comma + 1);
  }
  return false;
}

struct sysinfo machine() {
  struct sysinfo info {};

  if (::sysinfo(&info) != 0) info = {};
  return info;
}

}  // namespace

std::uint64_t size() {
  const auto info = machine();
  return std::uint64_t{info.totalram} * info.mem_unit;
}

std::uint64_t free() {
  const auto info = machine();
  return std::uint64_t{info.freeram} * info.mem_unit;
}

std::uint64_t used() {
  const auto info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

std::uint64_t resident() {
  std::ifstream file("/proc/self/statm");
  std::uint64_t total = 0;
  std::uint64_t pages = 0;
  if (!(file >> total >> pages)) return 0;
  return pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

std::optional<Cgroup> cgroup(const std::string& membership, const std::string& mount) {
  // Lines "id:controllers:path"; version 2 is the one with id 0 and no controllers.
  std::ifstream file(membership);
  std::optional<Cgroup> found;
  for (std::string line; std::getline(file, line);) {
    const auto first = line.find(':');
    const auto second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const auto controllers = std::string_view(line).substr(first + 1, second - first - 1);
    auto path = line.substr(second + 1);
    if (path.empty() || path.front() != '/') continue;
    std::optional<Cgroup> here;
    if (names_memory(controllers))
      here = tightest(
          {mount + "/memory", std::move(path), "memory.limit_in_bytes", "memory.usage_in_bytes"});
    else if (controllers.empty())
      here = tightest({mount, std::move(path), "memory.max", "memory.current"});
    if (here && (!found || here->limit < found->limit)) found = here;
  }
  return found;
}

std::uint64_t limit() {
  const auto machine_size = size();
  const auto group = cgroup();
  return group && group->limit < machine_size ? group->limit : machine_size;
}

}  // namespace goakt::memory
