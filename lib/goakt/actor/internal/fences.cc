#include "goakt/actor/internal/fences.h"

#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace goakt::internal {

namespace {

long membarrier(int command) {
  return syscall(SYS_membarrier, command, 0, 0);
}

bool register_membarrier() {
  return membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED) == 0;
}

}  // namespace

const bool kMembarrier = register_membarrier();

void heavy_fence() {
#if defined(__SANITIZE_THREAD__)
  light_fence();
#else
  if (kMembarrier) {
    membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED);
    return;
  }
  std::atomic_thread_fence(std::memory_order_seq_cst);
#endif
}

}  // namespace goakt::internal
