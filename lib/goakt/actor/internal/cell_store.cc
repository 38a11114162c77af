#include "goakt/actor/internal/cell_store.h"

#include "goakt/actor/actor.h"
#include "goakt/actor/internal/extension.h"

#include <cstdlib>
#include <cstring>
#include <mutex>
#include <new>
#include <sys/mman.h>

namespace goakt::internal {

namespace {

void forget_name(Cell& cell) {
  if (cell.name_size > kInlineNameSize) delete[] cell.name().data();
  cell.name_size = 0;
}

void set_name(Cell& cell, std::string_view name) {
  cell.name_size = static_cast<std::uint8_t>(name.size());
  char* text = cell.name_buffer;
  if (name.size() > kInlineNameSize) {
    text = new char[name.size()];
    std::memcpy(cell.name_buffer, &text, sizeof text);
  }
  std::memcpy(text, name.data(), name.size());
}

}  // namespace

CellStore::~CellStore() {
  for (const Slab& slab : slabs_) {
    for (Cell* cell = slab.cells; cell != slab.cells + slab.used; ++cell) {
      forget_name(*cell);
      if (cell->has(kRemote)) delete cell->actor;
      delete cell->extension.load(std::memory_order_relaxed);
      cell->~Cell();
    }
    std::free(slab.cells);
  }
}

// Small at first; a node with many actors gets huge pages, which spares it most TLB misses.
void CellStore::add_slab() {
  constexpr std::size_t kSmallSlabs = 16;
  constexpr std::size_t kSmallBytes = 192 * 1024;
  constexpr std::size_t kHugePage = 2 * 1024 * 1024;
  const bool is_huge = slabs_.size() >= kSmallSlabs;
  const std::size_t bytes = is_huge ? kHugePage : kSmallBytes;
  void* memory = std::aligned_alloc(is_huge ? kHugePage : alignof(Cell), bytes);
  if (memory == nullptr) std::abort();
  if (is_huge) madvise(memory, bytes, MADV_HUGEPAGE);
  slabs_.push_back({static_cast<Cell*>(memory), bytes / sizeof(Cell), 0});
}

Cell& CellStore::allocate(std::string_view name) {
  Cell* cell;
  {
    std::lock_guard lock(lock_);
    if (free_count_ > kQuarantine) {
      cell = free_head_;
      free_head_ = cell->next_free;
      --free_count_;
      forget_name(*cell);
    } else {
      if (slabs_.empty() || slabs_.back().used == slabs_.back().size) add_slab();
      Slab& slab = slabs_.back();
      cell = new (slab.cells + slab.used++) Cell;
    }
  }
  // Readers of stale handles may look at any time: atomics are set, not constructed again.
  cell->generation.store(cell->generation.load(std::memory_order_relaxed) + 1,
                         std::memory_order_release);
  cell->flags.store(0, std::memory_order_relaxed);
  delete cell->extension.exchange(nullptr, std::memory_order_acq_rel);
  cell->behaviour = nullptr;
  cell->parent = nullptr;
  cell->kind = nullptr;
  cell->local_head = cell->local_tail = nullptr;
  cell->next_free = nullptr;
  cell->local_count.store(0, std::memory_order_relaxed);
  cell->processed.store(0, std::memory_order_relaxed);
  cell->last_activity_ms.store(0, std::memory_order_relaxed);
  cell->started_ms.store(0, std::memory_order_relaxed);
  cell->restarts.store(0, std::memory_order_relaxed);
  cell->failures.store(0, std::memory_order_relaxed);
  cell->reinstated.store(0, std::memory_order_relaxed);
  cell->last_processing_ns.store(0, std::memory_order_relaxed);
  cell->masked = 0;
  cell->first_child = cell->previous_sibling = cell->next_sibling = nullptr;
  set_name(*cell, name);
  return *cell;
}

void CellStore::release(Cell& cell) {
  cell.generation.store(cell.generation.load(std::memory_order_relaxed) + 1,
                        std::memory_order_release);
  std::lock_guard lock(lock_);
  cell.next_free = nullptr;
  if (free_count_ == 0)
    free_head_ = &cell;
  else
    free_tail_->next_free = &cell;
  free_tail_ = &cell;
  ++free_count_;
}

}  // namespace goakt::internal
