#pragma once

#include "goakt/base/export.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <new>

// Memory of envelopes and message blocks: per-thread free lists, exchanged with a shared depot in
// chains, so that a message born on one thread and handled on another costs neither malloc nor an
// atomic per message. Thread-safe; lists of ended threads return to the depot.
//
// The lists are here so that taking and giving are some instructions where they are used.
namespace goakt::pool {

namespace internal {

// Size classes: envelopes (64 B, class 0) and the blocks of larger messages.
inline constexpr std::size_t kClassSizes[] = {64, 128, 256, 512};
inline constexpr std::size_t kClasses = 4;
inline constexpr std::uint32_t kChain = 256;  // nodes handed over at once

#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool kPassThrough = true;  // every message its own malloc, so ASan sees misuse
#else
inline constexpr bool kPassThrough = false;
#endif

struct Node {
  Node* next;
};

// A thread's two magazines per class: `active` is used, `full` is one chain in reserve, so that a
// thread that hovers around a boundary does not visit the depot at every step.
struct Magazine {
  Node* active = nullptr;
  std::uint32_t count = 0;
  Node* full = nullptr;
};

struct Cache {
  Magazine magazines[kClasses];
  // Envelopes taken minus given back by this thread; written by it alone, read by live_envelopes().
  std::atomic<std::int64_t> balance{0};

  void count(std::int64_t delta) {
    balance.store(balance.load(std::memory_order_relaxed) + delta, std::memory_order_relaxed);
  }
};

GOAKT_API extern constinit thread_local Cache cache __attribute__((tls_model("initial-exec")));

GOAKT_API void* refill(std::size_t size_class);
GOAKT_API void drain(std::size_t size_class) noexcept;
// Under ASan: a block of its own.
GOAKT_API void* allocate_alone(std::size_t size);
GOAKT_API void free_alone(void* memory, std::size_t size) noexcept;

inline void* take(std::size_t size_class) {
  Magazine& m = cache.magazines[size_class];
  Node* head = m.active;
  if (GOAKT_UNLIKELY(head == nullptr)) return refill(size_class);
  m.active = head->next;
  --m.count;
  return head;
}

inline void give(std::size_t size_class, void* memory) noexcept {
  Magazine& m = cache.magazines[size_class];
  if (GOAKT_UNLIKELY(m.count == kChain)) drain(size_class);
  auto* node = static_cast<Node*>(memory);
  node->next = m.active;
  m.active = node;
  ++m.count;
}

constexpr std::size_t class_of(std::size_t size) {
  std::size_t c = 0;
  while (c < kClasses && kClassSizes[c] < size) ++c;
  return c;
}

}  // namespace internal

inline void* allocate_envelope_memory() {
  internal::cache.count(1);
  if constexpr (internal::kPassThrough) return internal::allocate_alone(64);
  return internal::take(0);
}

inline void free_envelope_memory(void* memory) noexcept {
  internal::cache.count(-1);
  if constexpr (internal::kPassThrough) return internal::free_alone(memory, 64);
  internal::give(0, memory);
}

inline void* allocate_block(std::size_t size) {
  const std::size_t size_class = internal::class_of(size);
  if (internal::kPassThrough || size_class == internal::kClasses)
    return internal::allocate_alone(size);
  return internal::take(size_class);
}

inline void free_block(void* block, std::size_t size) noexcept {
  const std::size_t size_class = internal::class_of(size);
  if (internal::kPassThrough || size_class == internal::kClasses)
    return internal::free_alone(block, size);
  internal::give(size_class, block);
}

// Envelopes taken and not yet given back, over all threads; exact only when nothing is under way.
GOAKT_API std::int64_t live_envelopes();

}  // namespace goakt::pool
