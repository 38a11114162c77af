#include "goakt/message/envelope.h"

#include <atomic>
#include <cstdlib>
#include <mutex>
#include <vector>

namespace goakt::pool {

namespace {

// Size classes: envelopes (64 B, class 0) and the blocks of larger messages.
constexpr std::size_t kClassSizes[] = {64, 128, 256, 512};
constexpr std::size_t kClasses = std::size(kClassSizes);
constexpr std::size_t kChain = 256;             // nodes handed over at once
constexpr std::size_t kSlabBytes = 256 * 1024;  // memory taken from the system at once

#if defined(__SANITIZE_ADDRESS__)
constexpr bool kPassThrough = true;  // every message its own malloc, so that ASan sees misuse
#else
constexpr bool kPassThrough = false;
#endif

struct Node {
  Node* next;
};

// Chains of exactly kChain free nodes, one stack per class.
struct Depot {
  std::mutex mutex;  // guards chains
  std::vector<Node*> chains[kClasses];

  Node* take(std::size_t size_class) {
    {
      std::lock_guard lock(mutex);
      auto& stack = chains[size_class];
      if (!stack.empty()) {
        Node* head = stack.back();
        stack.pop_back();
        return head;
      }
    }
    return carve(size_class);
  }

  void give(std::size_t size_class, Node* head) {
    std::lock_guard lock(mutex);
    chains[size_class].push_back(head);
  }

 private:
  // A slab never goes back to the system: chains are shared by all threads and types, so what one
  // load peak took serves the next. Returns the first chain and keeps the others.
  Node* carve(std::size_t size_class) {
    const std::size_t size = kClassSizes[size_class];
    const std::size_t bytes = std::max(kSlabBytes, kChain * size);
    auto* memory = static_cast<std::byte*>(std::aligned_alloc(64, bytes));
    if (memory == nullptr) std::abort();
    const std::size_t count = bytes / (kChain * size);
    Node* first = nullptr;
    for (std::size_t chain = 0; chain < count; ++chain) {
      std::byte* base = memory + chain * kChain * size;
      for (std::size_t i = 0; i < kChain; ++i) {
        auto* node = reinterpret_cast<Node*>(base + i * size);
        node->next = i + 1 < kChain ? reinterpret_cast<Node*>(base + (i + 1) * size) : nullptr;
      }
      if (chain == 0) {
        first = reinterpret_cast<Node*>(base);
      } else {
        give(size_class, reinterpret_cast<Node*>(base));
      }
    }
    return first;
  }
};

Depot& depot() {
  static Depot* const depot = new Depot;  // outlives the thread caches of every thread
  return *depot;
}

std::atomic<std::int64_t> finished_threads_balance{0};

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

[[gnu::tls_model("initial-exec")]] constinit thread_local Cache cache{};

struct Registry {
  std::mutex mutex;  // guards caches
  std::vector<Cache*> caches;
};

Registry& registry() {
  static Registry* const registry = new Registry;
  return *registry;
}

// Returns the thread's nodes when it ends. Odd nodes that make no full chain are lent to the next
// thread through a chain that is shorter; counts are per chain, so they are freed one by one
// instead.
struct CacheOwner {
  CacheOwner() {
    std::lock_guard lock(registry().mutex);
    registry().caches.push_back(&cache);
  }

  ~CacheOwner();
};

struct Leftovers {
  std::mutex mutex;  // guards nodes
  Node* nodes[kClasses] = {};
  std::uint32_t counts[kClasses] = {};
};

Leftovers& leftovers() {
  static Leftovers* const leftovers = new Leftovers;
  return *leftovers;
}

CacheOwner::~CacheOwner() {
  for (std::size_t c = 0; c < kClasses; ++c) {
    Magazine& m = cache.magazines[c];
    if (m.full != nullptr) depot().give(c, m.full);
    Leftovers& rest = leftovers();
    std::lock_guard lock(rest.mutex);
    while (m.active != nullptr) {
      Node* node = m.active;
      m.active = node->next;
      node->next = rest.nodes[c];
      rest.nodes[c] = node;
      if (++rest.counts[c] == kChain) {
        depot().give(c, rest.nodes[c]);
        rest.nodes[c] = nullptr;
        rest.counts[c] = 0;
      }
    }
    m = {};
  }
  std::lock_guard lock(registry().mutex);
  std::erase(registry().caches, &cache);
  finished_threads_balance.fetch_add(cache.balance.exchange(0, std::memory_order_relaxed),
                                     std::memory_order_relaxed);
}

void own_cache() {
  static thread_local CacheOwner owner;
}

[[gnu::noinline]] void* refill(std::size_t size_class) {
  own_cache();
  Magazine& m = cache.magazines[size_class];
  Node* head = m.full != nullptr ? std::exchange(m.full, nullptr) : depot().take(size_class);
  m.active = head->next;
  m.count = kChain - 1;
  return head;
}

[[gnu::noinline]] void drain(std::size_t size_class) {
  own_cache();
  Magazine& m = cache.magazines[size_class];
  if (m.full != nullptr) depot().give(size_class, m.full);
  m.full = std::exchange(m.active, nullptr);
  m.count = 0;
}

inline void* take(std::size_t size_class) {
  Magazine& m = cache.magazines[size_class];
  Node* head = m.active;
  if (GOAKT_UNLIKELY(head == nullptr)) return refill(size_class);
  m.active = head->next;
  --m.count;
  return head;
}

inline void give(std::size_t size_class, void* memory) {
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

}  // namespace

void* allocate_envelope_memory() {
  cache.count(1);
  if constexpr (kPassThrough) {
    own_cache();
    return std::aligned_alloc(64, 64);
  }
  return take(0);
}

void free_envelope_memory(void* memory) noexcept {
  cache.count(-1);
  if constexpr (kPassThrough) {
    own_cache();
    return std::free(memory);
  }
  give(0, memory);
}

void* allocate_block(std::size_t size) {
  const std::size_t size_class = class_of(size);
  if (kPassThrough || size_class == kClasses) return ::operator new(size);
  return take(size_class);
}

void free_block(void* block, std::size_t size) noexcept {
  const std::size_t size_class = class_of(size);
  if (kPassThrough || size_class == kClasses) return ::operator delete(block);
  give(size_class, block);
}

std::int64_t live_envelopes() {
  std::lock_guard lock(registry().mutex);
  std::int64_t balance = finished_threads_balance.load(std::memory_order_relaxed);
  for (const Cache* c : registry().caches) balance += c->balance.load(std::memory_order_relaxed);
  return balance;
}

}  // namespace goakt::pool
