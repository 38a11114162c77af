#include "bench/harness/machine.h"

#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>
#include <unistd.h>

namespace goakt::bench {

namespace {

// The text after "key<spaces>:" in a /proc file, or "".
std::string proc_field(const char* file, const std::string& key) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    if (line.compare(0, key.size(), key) != 0) continue;
    const auto colon = line.find(':');
    if (colon == std::string::npos) continue;
    const auto value = line.find_first_not_of(" \t", colon + 1);
    return value == std::string::npos ? "" : line.substr(value);
  }
  return "";
}

}  // namespace

double load_average() {
  double load = 0;
  return getloadavg(&load, 1) == 1 ? load : 0;
}

unsigned cpu_count() {
  return std::thread::hardware_concurrency();
}

std::uint64_t resident_bytes() {
  std::ifstream in("/proc/self/statm");
  std::uint64_t size = 0;
  std::uint64_t resident = 0;
  in >> size >> resident;
  return resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

unsigned thread_count() {
  return static_cast<unsigned>(std::atoi(proc_field("/proc/self/status", "Threads").c_str()));
}

std::string cpu_model() {
  return proc_field("/proc/cpuinfo", "model name");
}

std::string compiler() {
#ifdef __clang__
  return "clang++ " __clang_version__;
#else
  return "g++ " __VERSION__;
#endif
}

}  // namespace goakt::bench
