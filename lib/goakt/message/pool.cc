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
// Of each kind, beside what threads have.
constexpr std::size_t kMostKeptBoxes = 16;

// Full boxes per class, and empty ones.
struct Depot {
  std::mutex mutex;  // guards everything here
  std::vector<void**> full[kClasses];
  std::vector<void**> kept[kKinds];
  std::atomic<std::size_t> kept_boxes[kKinds] = {};  // their number, for a look without the mutex
  std::vector<void**> empty;

  // A full box, for an empty one or none.
  void** fill(std::size_t size_class, void** box) {
    std::lock_guard lock(mutex);
    auto& stack = full[size_class];
    return stack.empty() ? carve(size_class, box) : take(stack, box);
  }

  // An empty box, for a full one or none.
  void** give(std::size_t size_class, void** box) {
    std::lock_guard lock(mutex);
    if (box != nullptr) full[size_class].push_back(box);
    return empty_box();
  }

  // A full box for an empty one or none; null: there is none, and the empty one stays the caller's.
  void** fill_kept(std::size_t kind, void** box) {
    if (kept_boxes[kind].load(std::memory_order_relaxed) == 0) return nullptr;
    std::lock_guard lock(mutex);
    auto& stack = kept[kind];
    if (stack.empty()) return nullptr;
    kept_boxes[kind].store(stack.size() - 1, std::memory_order_relaxed);
    return take(stack, box);
  }

  // An empty box for a full one or none; null: there are enough, and the full one stays.
  void** give_kept(std::size_t kind, void** box) {
    std::lock_guard lock(mutex);
    if (box != nullptr) {
      if (kept[kind].size() >= kMostKeptBoxes) return nullptr;
      kept[kind].push_back(box);
      kept_boxes[kind].store(kept[kind].size(), std::memory_order_relaxed);
    }
    return empty_box();
  }

  void put(void** empty_box) {
    if (empty_box == nullptr) return;
    std::lock_guard lock(mutex);
    empty.push_back(empty_box);
  }

 private:
  // What has not been used yet of the newest slab of a class.
  struct Slab {
    std::byte* begin = nullptr;
    std::byte* end = nullptr;
  };

  Slab slabs_[kClasses];
  std::uint32_t slab_count_ = 0;

  void** take(std::vector<void**>& stack, void** empty_box) {
    if (empty_box != nullptr) empty.push_back(empty_box);
    void** box = stack.back();
    stack.pop_back();
    return box;
  }

  void** empty_box() {
    if (empty.empty()) return new void*[kBox];
    void** box = empty.back();
    empty.pop_back();
    return box;
  }

  void** carve(std::size_t size_class, void** box) {
    const std::size_t size = kClassSizes[size_class];
    Slab& slab = slabs_[size_class];
    if (static_cast<std::size_t>(slab.end - slab.begin) < kBox * size) slab = new_slab();
    if (box == nullptr) box = empty_box();
    // Taken from the back, so in the order of their addresses.
    for (std::size_t i = 0; i < kBox; ++i) box[kBox - 1 - i] = slab.begin + i * size;
    slab.begin += kBox * size;
    return box;
  }

  // A slab never goes back to the system: its nodes are shared by all threads and types, so what
  // one load peak took serves the next.
  Slab new_slab() {
    // Under load in huge pages: millions of messages would else spend their time in page faults.
    const bool is_huge = slab_count_++ >= kSmallSlabs;
    const std::size_t bytes = is_huge ? kHugePage : kSlabBytes;
    auto* memory = static_cast<std::byte*>(std::aligned_alloc(is_huge ? kHugePage : 64, bytes));
    if (memory == nullptr) std::abort();
    if (is_huge) madvise(memory, bytes, MADV_HUGEPAGE);
    return {memory, memory + bytes};
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

// Returns the thread's nodes when it ends. Those that make no full box are collected until they do.
struct CacheOwner {
  CacheOwner() {
    std::lock_guard lock(registry().mutex);
    registry().caches.push_back(&cache);
  }

  ~CacheOwner();
};

struct Leftovers {
  std::mutex mutex;  // guards boxes
  Magazine boxes[kClasses];
};

Leftovers& leftovers() {
  static Leftovers* const leftovers = new Leftovers;
  return *leftovers;
}

struct Kinds {
  // Takes the envelope out of the count of what is kept, so that its end can be counted.
  void end(std::size_t kind, void* envelope) {
    cache.count(1);
    destroy[kind](envelope);
  }

  std::mutex mutex;  // guards count
  std::size_t count = 0;
  void (*destroy[kKinds])(void* envelope) = {};
};

Kinds& kinds() {
  static Kinds kinds;
  return kinds;
}

CacheOwner::~CacheOwner() {
  for (std::size_t kind = 0; kind < kKinds; ++kind) {
    Magazine m = std::exchange(cache.kept[kind], {});
    if (m.full != nullptr) {
      if (void** const empty = depot().give_kept(kind, m.full)) {
        depot().put(empty);
      } else {
        for (std::size_t i = 0; i < kBox; ++i) kinds().end(kind, m.full[i]);
        depot().put(m.full);
      }
    }
    while (m.count > 0) kinds().end(kind, m.nodes[--m.count]);
    depot().put(m.nodes);
  }
  for (std::size_t c = 0; c < kClasses; ++c) {
    Magazine m = std::exchange(cache.magazines[c], {});
    if (m.full != nullptr) depot().put(depot().give(c, m.full));
    Leftovers& rest = leftovers();
    std::lock_guard lock(rest.mutex);
    Magazine& box = rest.boxes[c];
    while (m.count > 0) {
      if (box.nodes == nullptr) box.nodes = depot().give(c, nullptr);
      box.nodes[box.count++] = m.nodes[--m.count];
      if (box.count == kBox) {
        box.nodes = depot().give(c, box.nodes);
        box.count = 0;
      }
    }
    depot().put(m.nodes);
  }
  std::lock_guard lock(registry().mutex);
  std::erase(registry().caches, &cache);
  finished_threads_balance.fetch_add(cache.balance.exchange(0, std::memory_order_relaxed),
                                     std::memory_order_relaxed);
}

void own_cache() {
  static thread_local CacheOwner owner;
}

// Puts a full box in the place of the empty one: the spare one, else what `fill` gives. False: it
// gave none.
template <class Fill>
bool take_full(Magazine& m, Fill fill) {
  if (m.full != nullptr) {
    depot().put(m.nodes);
    m.nodes = std::exchange(m.full, nullptr);
  } else if (void** const full = fill(m.nodes)) {
    m.nodes = full;
  } else {
    return false;
  }
  m.count = m.room = kBox;
  return true;
}

// Puts an empty box in the place of the full one, which becomes the spare one: two are one too
// many, so `give` takes the one before and gives the empty one. False: it took none.
template <class Give>
bool give_full(Magazine& m, Give give) {
  void** const empty = give(m.full);
  if (empty == nullptr) return false;
  m.full = std::exchange(m.nodes, empty);
  m.count = 0;
  m.room = kBox;
  return true;
}

}  // namespace

constinit thread_local Cache cache{};

void refill(std::size_t size_class) {
  own_cache();
  take_full(cache.magazines[size_class],
            [size_class](void** empty) { return depot().fill(size_class, empty); });
}

void drain(std::size_t size_class) noexcept {
  own_cache();
  give_full(cache.magazines[size_class],
            [size_class](void** full) { return depot().give(size_class, full); });
}

bool refill_kept(std::size_t kind) {
  own_cache();
  return take_full(cache.kept[kind],
                   [kind](void** empty) { return depot().fill_kept(kind, empty); });
}

bool drain_kept(std::size_t kind) noexcept {
  own_cache();
  return give_full(cache.kept[kind], [kind](void** full) { return depot().give_kept(kind, full); });
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

std::optional<std::uint8_t> add_kind(void (*destroy)(void* envelope)) {
  using namespace internal;
  if constexpr (kPassThrough) return std::nullopt;
  Kinds& all = kinds();
  std::lock_guard lock(all.mutex);
  if (all.count == kKinds) return std::nullopt;
  all.destroy[all.count] = destroy;
  return static_cast<std::uint8_t>(all.count++);
}

std::int64_t live_envelopes() {
  using namespace internal;
  std::lock_guard lock(registry().mutex);
  std::int64_t balance = finished_threads_balance.load(std::memory_order_relaxed);
  for (const Cache* c : registry().caches) balance += c->balance.load(std::memory_order_relaxed);
  return balance;
}

}  // namespace goakt::pool
