#pragma once

#include <span>

namespace goakt::daemon {

// What a node's process ends with; those of sysexits.h where they fit. A service manager must not
// restart after usage, plugin, permission and configuration: nothing would change.
enum Exit : int {
  kOk = 0,
  kFailed = 1,
  kUsage = 64,
  kPlugin = 65,
  kUnavailable = 69,  // discovery or control plane, at the start
  kInternal = 70,
  kOsRefusal = 71,  // port in use and other refusals of the system
  kNoDataDirectory = 73,
  kIo = 74,
  kBootstrap = 75,  // worth trying again
  kPermission = 77,
  kConfiguration = 78,
  kQuorumLost = 79,
  kNotClean = 80,  // stopped, but some actors did not end in time
  kInterrupted = 130,
  kTerminated = 143,
};

struct ExitMeaning {
  int code;
  const char* meaning;
};

// For the man page and the docs.
std::span<const ExitMeaning> exit_meanings();

}  // namespace goakt::daemon
