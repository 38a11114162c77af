#pragma once

#include "goakt/base/export.h"

#include <cstdint>
#include <optional>
#include <string>

// How much memory there is and how much is taken, in bytes. Each call asks the kernel: call them
// once a second, not once a message. What the kernel does not tell is 0.
namespace goakt::memory {

// The machine's RAM and what of it nobody uses.
GOAKT_API std::uint64_t size();
GOAKT_API std::uint64_t free();
// What this process has allocated and not yet freed.
GOAKT_API std::uint64_t used();
// What this process keeps in RAM: the figure that limits are about.
GOAKT_API std::uint64_t resident();

// A control group that limits this process: a container, a systemd unit.
struct Cgroup {
  std::uint64_t limit = 0;
  std::uint64_t used = 0;
};

// The tightest one on the way up from this process's own; none if there is no limit. Version 2 and
// version 1. The paths are for tests.
GOAKT_API std::optional<Cgroup> cgroup(const std::string& membership = "/proc/self/cgroup",
                                       const std::string& mount = "/sys/fs/cgroup");

// What this process may use at most: the cgroup's limit or, without one, the machine's RAM.
GOAKT_API std::uint64_t limit();

}  // namespace goakt::memory
