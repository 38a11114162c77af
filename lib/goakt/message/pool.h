#pragma once

#include "goakt/base/export.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <new>
#include <optional>

// Memory of envelopes, larger messages, actors and coroutine frames: per-thread boxes of free
// nodes, exchanged with a shared depot when they are full or empty, so that a message born on one
// thread and handled on another costs neither malloc nor an atomic per message. Thread-safe; what
// an ended thread had returns to the depot.
//
// Used values of protobuf types are kept within their envelopes, cleared, in boxes of their own:
// their strings then have the memory that the next ones need.
//
// The boxes are here so that taking and giving are some instructions where they are used.
namespace goakt::pool {

namespace internal {

inline constexpr std::size_t kClassSizes[] = {16, 32, 48, 64, 128, 256, 512};
inline constexpr std::size_t kClasses = std::size(kClassSizes);
inline constexpr std::uint32_t kBox = 256;  // nodes handed over at once

#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool kPassThrough = true;  // every message its own malloc, so ASan sees misuse
#else
inline constexpr bool kPassThrough = false;
#endif

// A box holds addresses, rather than a list through the nodes: what is taken next was mostly freed
// on another CPU, and is fetched from there while the ones before it are being used.
struct Magazine {
  void** nodes = nullptr;  // of the box in use
  std::uint32_t count = 0;
  std::uint32_t room = 0;  // kBox once there is a box
  void** full = nullptr;   // in reserve, so that a thread that hovers around a boundary does not
                           // visit the depot at every step
};

// So many types may have their used values kept.
inline constexpr std::size_t kKinds = 16;

struct Cache {
  Magazine magazines[kClasses];
  Magazine kept[kKinds];  // envelopes with a value in them, by type
  // Envelopes taken minus given back by this thread; written by it alone, read by live_envelopes().
  std::atomic<std::int64_t> balance{0};

  void count(std::int64_t delta) {
    balance.store(balance.load(std::memory_order_relaxed) + delta, std::memory_order_relaxed);
  }
};

GOAKT_API extern constinit thread_local Cache cache __attribute__((tls_model("initial-exec")));

// Make the box in use one with nodes, or one with room.
GOAKT_API void refill(std::size_t size_class);
GOAKT_API void drain(std::size_t size_class) noexcept;
// The same for kept envelopes; false: there are none, or enough.
GOAKT_API bool refill_kept(std::size_t kind);
GOAKT_API bool drain_kept(std::size_t kind) noexcept;
// Under ASan, and beyond the largest class: a block of its own.
GOAKT_API void* allocate_alone(std::size_t size);
GOAKT_API void free_alone(void* memory, std::size_t size) noexcept;

inline void* take(std::size_t size_class) {
  constexpr std::uint32_t kAhead = 8;
  Magazine& m = cache.magazines[size_class];
  if (GOAKT_UNLIKELY(m.count == 0)) refill(size_class);
  // Below the first it wraps to one that was taken: fetched in vain, but still memory.
  __builtin_prefetch(m.nodes[(m.count - kAhead) % kBox], 1);
  return m.nodes[--m.count];
}

inline void give(std::size_t size_class, void* memory) noexcept {
  Magazine& m = cache.magazines[size_class];
  if (GOAKT_UNLIKELY(m.count == m.room)) drain(size_class);
  m.nodes[m.count++] = memory;
}

constexpr std::size_t class_of(std::size_t size) {
  std::size_t c = 0;
  while (c < kClasses && kClassSizes[c] < size) ++c;
  return c;
}

inline constexpr std::size_t kEnvelopeSize = 64;
inline constexpr std::size_t kEnvelopeClass = class_of(kEnvelopeSize);

}  // namespace internal

// A number for a type whose values are to be kept; `destroy` ends an envelope and its value, when
// there are too many. None: so many types have one already.
GOAKT_API std::optional<std::uint8_t> add_kind(void (*destroy)(void* envelope));

// An envelope with a value in it, as good as new, or null; of the kind's number.
inline void* take_kept(std::size_t kind) {
  internal::Magazine& m = internal::cache.kept[kind];
  if (GOAKT_UNLIKELY(m.count == 0) && !internal::refill_kept(kind)) return nullptr;
  internal::cache.count(1);
  return m.nodes[--m.count];
}

// False: there are enough.
inline bool keep(std::size_t kind, void* envelope) noexcept {
  internal::Magazine& m = internal::cache.kept[kind];
  if (GOAKT_UNLIKELY(m.count == m.room) && !internal::drain_kept(kind)) return false;
  internal::cache.count(-1);
  m.nodes[m.count++] = envelope;
  return true;
}

inline void* allocate_envelope_memory() {
  internal::cache.count(1);
  if constexpr (internal::kPassThrough) return internal::allocate_alone(internal::kEnvelopeSize);
  return internal::take(internal::kEnvelopeClass);
}

inline void free_envelope_memory(void* memory) noexcept {
  internal::cache.count(-1);
  if constexpr (internal::kPassThrough)
    return internal::free_alone(memory, internal::kEnvelopeSize);
  internal::give(internal::kEnvelopeClass, memory);
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
