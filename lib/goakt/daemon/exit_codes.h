#pragma once

namespace goakt::daemon {

// What a node's process ends with; those of sysexits.h where they fit. A service manager must not
// restart after usage, plugin, permission and configuration: nothing would change.
enum Exit : int {
  kOk = 0,
  kFailed = 1,
  kUsage = 64,
  kPlugin = 65,
  kInternal = 70,
  kOsRefusal = 71,  // port in use and other refusals of the system
  kPermission = 77,
  kConfiguration = 78,
  kNotClean = 80,  // stopped, but some actors did not end in time
  kInterrupted = 130,
  kTerminated = 143,
};

}  // namespace goakt::daemon
