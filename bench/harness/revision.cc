#include "bench/harness/machine.h"
#include "git_revision.h"

namespace goakt::bench {

std::string git_revision() {
  return GOAKT_BENCH_GIT_REVISION;
}

}  // namespace goakt::bench
