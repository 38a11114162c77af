#pragma once

#include <atomic>

namespace goakt::internal {

// A store-load barrier in two halves, for "publish work, then look whether somebody sleeps" against
// "go to sleep, then look whether work was published". The publisher's half, paid at every send, is
// free where the kernel offers membarrier(2): then the sleeper's half makes every running thread of
// this process pass a full barrier.
extern const bool kMembarrier;
#if defined(__SANITIZE_THREAD__)
inline std::atomic<int> fence_word{0};
#endif

inline void light_fence() {
#if defined(__SANITIZE_THREAD__)
  // TSan does not model fences: swaps of one word are ordered, and whoever comes second has seen
  // what the first did before.
  fence_word.fetch_add(0, std::memory_order_acq_rel);
#else
  if (kMembarrier)
    std::atomic_signal_fence(std::memory_order_seq_cst);
  else
    std::atomic_thread_fence(std::memory_order_seq_cst);
#endif
}

void heavy_fence();

}  // namespace goakt::internal
