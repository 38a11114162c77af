#include "goakt/message/pool.h"

#include <atomic>
#include <cstdlib>
#include <mutex>
#include <sys/mman.h>
#include <utility>
#include <vector>

namespace goakt::pool {

namespace internal {

namespace {

// Memory taken from the system at once: the first slabs, and later ones.
constexpr std::size_t kSlabBytes = 256 * 1024;
constexpr std::uint32_t kSmallSlabs = 16;
constexpr std::size_t kHugePage = 2 * 1024 * 1024;

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
  std::atomic<std::uint32_t> carved_{0};

  // A slab never goes back to the system: chains are shared by all threads and types, so what one
  // load peak took serves the next. Returns the first chain and keeps the others.
  Node* carve(std::size_t size_class) {
    const std::size_t size = kClassSizes[size_class];
    // Under load in huge pages: millions of messages would else spend their time in page faults.
    const bool is_huge = carved_.fetch_add(1, std::memory_order_relaxed) >= kSmallSlabs;
    const std::size_t bytes = is_huge ? kHugePage : kSlabBytes;
    auto* memory = static_cast<std::byte*>(std::aligned_alloc(is_huge ? kHugePage : 64, bytes));
    if (memory == nullptr) std::abort();
    if (is_huge) madvise(memory, bytes, MADV_HUGEPAGE);
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

}  // namespace

constinit thread_local Cache cache{};

void* refill(std::size_t size_class) {
  own_cache();
  Magazine& m = cache.magazines[size_class];
  Node* head = m.full != nullptr ? std::exchange(m.full, nullptr) : depot().take(size_class);
  m.active = head->next;
  m.count = kChain - 1;
  return head;
}

void drain(std::size_t size_class) noexcept {
  own_cache();
  Magazine& m = cache.magazines[size_class];
  if (m.full != nullptr) depot().give(size_class, m.full);
  m.full = std::exchange(m.active, nullptr);
  m.count = 0;
}

void* allocate_alone(std::size_t size) {
  own_cache();
  return ::operator new (size, std::align_val_t{64});
}

void free_alone(void* memory, std::size_t size) noexcept {
  own_cache();
  ::operator delete (memory, size, std::align_val_t{64});
}

}  // namespace internal

std::int64_t live_envelopes() {
  using namespace internal;
  std::lock_guard lock(registry().mutex);
  std::int64_t balance = finished_threads_balance.load(std::memory_order_relaxed);
  for (const Cache* c : registry().caches) balance += c->balance.load(std::memory_order_relaxed);
  return balance;
}

}  // namespace goakt::pool
