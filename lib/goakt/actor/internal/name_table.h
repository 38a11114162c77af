#pragma once

#include "goakt/actor/internal/cell.h"
#include "goakt/actor/internal/spin.h"

#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

namespace goakt::internal {

// Every actor of the node by name. Names are unique among siblings, not in the table: of equal
// names the one spawned last is found, as in GoAkt's flat index.
//
// Sharded; in each shard the cells stand in the order of their names' hashes (linear probing that
// keeps the order), so a page walk needs no second index and survives growth. 12 bytes per slot.
// Thread-safe; locks are held for a few probes.
class NameTable {
 public:
  NameTable();

  static std::uint64_t hash(std::string_view name);

  // The caller has set name, parent and spawn_sequence. False: `parent` has a child of that name.
  bool insert(Cell& cell, bool& wire_address_taken);
  void erase(Cell& cell);

  // A handle's worth of the newest actor of that name, or null.
  struct Found {
    Cell* cell = nullptr;
    std::uint32_t generation = 0;

    explicit operator bool() const { return cell != nullptr; }
  };

  Found find(std::string_view name) const;
  Found find_child(const Cell& parent, std::string_view name) const;

  // Shows every cell of that name, under the lock that an actor needs to leave the table before it
  // is taken apart: what it owns may be read.
  template <class Visit>  // void(const Cell&)
  void visit(std::string_view name, Visit&& visit) const {
    const std::uint64_t hash = NameTable::hash(name);
    const std::uint32_t key = key_of(hash);
    const Shard& shard = shards_[shard_of(hash)];
    std::lock_guard lock(shard.lock);
    if (shard.cells.empty()) return;
    for (std::size_t i = shard.lower_bound(key); shard.cells[i] != nullptr && shard.keys[i] == key;
         ++i)
      if (shard.cells[i]->name() == name) visit(*shard.cells[i]);
  }

  // At least `limit` cells (equal hashes are never split) with a hash position after `cursor`;
  // returns the position of the last one, 0 at the end.
  template <class Take>  // bool(Cell&): counts toward the limit
  std::uint64_t scan(std::uint64_t cursor, std::size_t limit, Take&& take) const {
    std::size_t taken = 0;
    std::uint64_t last = cursor;
    for (std::uint64_t shard = cursor >> 32; shard < kShards; ++shard) {
      const Shard& s = shards_[shard];
      std::lock_guard lock(s.lock);
      const std::uint32_t after = shard == cursor >> 32 ? static_cast<std::uint32_t>(cursor) : 0;
      for (std::size_t i = s.home(after); i < s.cells.size(); ++i) {
        if (s.cells[i] == nullptr || s.keys[i] <= after) continue;
        const std::uint64_t position = shard << 32 | s.keys[i];
        if (taken >= limit && position != last) return last;
        if (take(*s.cells[i])) ++taken;
        last = position;
      }
    }
    return 0;
  }

  std::size_t size() const;

 private:
  static constexpr std::uint64_t kShards = 64;

  struct alignas(64) Shard {
    mutable SpinLock lock;  // guards everything below
    std::uint32_t bits = 0;
    std::size_t count = 0;
    std::vector<std::uint32_t> keys;  // never 0: hash bits below the shard's
    std::vector<Cell*> cells;         // null: free slot

    std::size_t home(std::uint32_t key) const { return bits == 0 ? 0 : key >> (32 - bits); }

    void reserve();
    std::size_t lower_bound(std::uint32_t key) const;
    void place(std::uint32_t key, Cell* cell);
  };

  static std::uint64_t shard_of(std::uint64_t hash) { return hash >> 58; }

  static std::uint32_t key_of(std::uint64_t hash) {
    const auto key = static_cast<std::uint32_t>(hash >> 26);
    return key == 0 ? 1 : key;
  }

  std::unique_ptr<Shard[]> shards_;
};

}  // namespace goakt::internal
