#pragma once

#include "goakt/actor/internal/cell.h"
#include "goakt/actor/internal/spin.h"

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace goakt::internal {

// Memory of all control blocks of one system, in slabs that are freed with the system only: a stale
// handle may read its cell at any time. A stopped actor's cell is used again after kQuarantine
// others have stopped, so its name can be read for a good while. Thread-safe.
class CellStore {
 public:
  static constexpr std::size_t kQuarantine = 16'384;

  ~CellStore();

  // A blank cell with a generation that no handle has.
  Cell& allocate(std::string_view name);
  void release(Cell& cell);

 private:
  struct Slab {
    Cell* cells;
    std::size_t size;
    std::size_t used;
  };

  void add_slab();

  SpinLock lock_;  // guards everything below
  std::vector<Slab> slabs_;
  Cell* free_head_ = nullptr;  // oldest first, through Cell::next_free
  Cell* free_tail_ = nullptr;
  std::size_t free_count_ = 0;
};

}  // namespace goakt::internal
