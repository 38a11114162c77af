#include "goakt/daemon/exit_codes.h"

namespace goakt::daemon {

std::span<const ExitMeaning> exit_meanings() {
  static constexpr ExitMeaning kMeanings[] = {
      {kOk, "stopped as asked"},
      {kFailed, "failed after the start"},
      {kUsage, "wrong flag or command"},
      {kPlugin, "a plugin or descriptor set is bad"},
      {kUnavailable, "discovery or control plane cannot be reached at the start"},
      {kInternal, "a defect of goaktd: an invariant was broken, the message says which"},
      {kOsRefusal, "a configured address is in use, or the system refuses something else"},
      {kNoDataDirectory, "data.dir cannot be written"},
      {kIo, "a file, such as that of the log, cannot be written"},
      {kBootstrap, "joining the cluster took too long; trying again may help"},
      {kPermission, "a file or socket is not permitted"},
      {kConfiguration, "the configuration is wrong; all that is wrong was printed"},
      {kQuorumLost, "the quorum was lost longer than shutdown.exit-on-quorum-loss"},
      {kNotClean, "stopped, but some actors did not end in time"},
      {kInterrupted, "ended at once by a third INT"},
      {kTerminated, "ended at once by a third TERM"},
  };
  return kMeanings;
}

}  // namespace goakt::daemon
