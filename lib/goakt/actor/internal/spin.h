#pragma once

#include <atomic>
#include <sched.h>

namespace goakt::internal {

// Tells the CPU that this is a busy wait.
inline void spin_pause() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

// A lock for a few instructions that nobody holds across a call into user code.
class SpinLock {
 public:
  void lock() {
    while (locked_.exchange(true, std::memory_order_acquire)) {
      // The holder may have lost its CPU to us: give it back after a while.
      for (int i = 0; locked_.load(std::memory_order_relaxed); ++i)
        i < 200 ? spin_pause() : static_cast<void>(sched_yield());
    }
  }

  bool try_lock() { return !locked_.exchange(true, std::memory_order_acquire); }

  void unlock() { locked_.store(false, std::memory_order_release); }

 private:
  std::atomic<bool> locked_{false};
};

}  // namespace goakt::internal
