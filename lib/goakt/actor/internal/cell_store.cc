#include "goakt/actor/internal/cell_store.h"

#include "goakt/actor/internal/extension.h"

#include <cstdlib>
#include <cstring>
#include <mutex>
#include <new>

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
  for (std::size_t s = 0; s < slabs_.size(); ++s) {
    const std::size_t used = s + 1 == slabs_.size() ? used_in_last_ : kCellsPerSlab;
    for (std::size_t i = 0; i < used; ++i) {
      forget_name(slabs_[s][i]);
      delete slabs_[s][i].extension.load(std::memory_order_relaxed);
      slabs_[s][i].~Cell();
    }
    std::free(slabs_[s]);
  }
}

Cell& CellStore::allocate(std::string_view name) {
  Cell* cell;
  {
    std::lock_guard lock(lock_);
    if (free_count_ > kQuarantine) {
      cell = free_head_;
      free_head_ = cell->run_next;
      --free_count_;
      forget_name(*cell);
    } else {
      if (used_in_last_ == kCellsPerSlab) {
        void* memory = std::aligned_alloc(alignof(Cell), sizeof(Cell) * kCellsPerSlab);
        if (memory == nullptr) std::abort();
        slabs_.push_back(static_cast<Cell*>(memory));
        used_in_last_ = 0;
      }
      cell = new (slabs_.back() + used_in_last_++) Cell;
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
  cell->run_next = nullptr;
  cell->local_count.store(0, std::memory_order_relaxed);
  cell->processed.store(0, std::memory_order_relaxed);
  cell->last_activity_ms.store(0, std::memory_order_relaxed);
  cell->started_ms.store(0, std::memory_order_relaxed);
  cell->restarts.store(0, std::memory_order_relaxed);
  cell->failures.store(0, std::memory_order_relaxed);
  cell->reinstated.store(0, std::memory_order_relaxed);
  cell->masked = 0;
  cell->first_child = cell->previous_sibling = cell->next_sibling = nullptr;
  set_name(*cell, name);
  return *cell;
}

void CellStore::release(Cell& cell) {
  cell.generation.store(cell.generation.load(std::memory_order_relaxed) + 1,
                        std::memory_order_release);
  std::lock_guard lock(lock_);
  cell.run_next = nullptr;
  if (free_count_ == 0)
    free_head_ = &cell;
  else
    free_tail_->run_next = &cell;
  free_tail_ = &cell;
  ++free_count_;
}

}  // namespace goakt::internal
