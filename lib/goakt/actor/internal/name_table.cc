#include "goakt/actor/internal/name_table.h"

#include <functional>
#include <mutex>

namespace goakt::internal {

namespace {

// Slots beyond the last home position, so that a cluster at the end needs no wrap-around.
constexpr std::size_t kSlack = 32;

}  // namespace

NameTable::NameTable() : shards_(std::make_unique<Shard[]>(kShards)) {}

std::uint64_t NameTable::hash(std::string_view name) {
  return std::hash<std::string_view>()(name) * 0x9e3779b97f4a7c15ull;
}

void NameTable::Shard::reserve() {
  const std::size_t capacity = cells.empty() ? 0 : std::size_t{1} << bits;
  if (count + 1 <= capacity - capacity / 4 && cells.back() == nullptr) return;
  Shard grown;
  grown.bits = cells.empty() ? 3 : bits + 1;
  for (;;) {
    const std::size_t size = (std::size_t{1} << grown.bits) + kSlack;
    grown.keys.assign(size, 0);
    grown.cells.assign(size, nullptr);
    // In order, so every cell lands at its home or right behind its forerunner.
    std::size_t next = 0;
    bool fits = true;
    for (std::size_t i = 0; i < cells.size() && fits; ++i) {
      if (cells[i] == nullptr) continue;
      const std::size_t at = std::max(next, grown.home(keys[i]));
      if (at + 1 >= size) {
        fits = false;
        break;
      }
      grown.keys[at] = keys[i];
      grown.cells[at] = cells[i];
      next = at + 1;
    }
    if (fits) break;
    ++grown.bits;
  }
  bits = grown.bits;
  keys.swap(grown.keys);
  cells.swap(grown.cells);
}

// The first slot of the key's cluster that is free or holds that key or a later one.
std::size_t NameTable::Shard::lower_bound(std::uint32_t key) const {
  std::size_t i = home(key);
  // The keys alone tell: a free slot's is 0.
  while (i < keys.size() && keys[i] != 0 && keys[i] < key) ++i;
  return i;
}

void NameTable::Shard::place(std::uint32_t key, Cell* cell) {
  std::size_t i = lower_bound(key);
  // Shifts the rest of the cluster by one; reserve() keeps the last slot free.
  while (cell != nullptr) {
    std::swap(keys[i], key);
    std::swap(cells[i], cell);
    ++i;
  }
  ++count;
}

bool NameTable::insert(Cell& cell, bool& wire_address_taken) {
  const std::string_view name = cell.name();
  const std::uint64_t hash = NameTable::hash(name);
  const std::uint32_t key = key_of(hash);
  Shard& shard = shards_[shard_of(hash)];
  std::lock_guard lock(shard.lock);
  shard.reserve();
  wire_address_taken = false;
  for (std::size_t i = shard.lower_bound(key); shard.cells[i] != nullptr && shard.keys[i] == key;
       ++i) {
    const Cell& other = *shard.cells[i];
    if (other.name() != name) continue;
    if (other.parent == cell.parent) return false;
    // Two actors of one name under equally named parents would share the address that peers see.
    if (other.parent != nullptr && cell.parent != nullptr &&
        other.parent->name() == cell.parent->name()) {
      wire_address_taken = true;
      return false;
    }
  }
  shard.place(key, &cell);
  return true;
}

void NameTable::erase(Cell& cell) {
  const std::uint64_t hash = NameTable::hash(cell.name());
  const std::uint32_t key = key_of(hash);
  Shard& shard = shards_[shard_of(hash)];
  std::lock_guard lock(shard.lock);
  std::size_t i = shard.cells.empty() ? 0 : shard.lower_bound(key);
  while (i < shard.cells.size() && shard.cells[i] != nullptr && shard.keys[i] == key &&
         shard.cells[i] != &cell)
    ++i;
  if (i >= shard.cells.size() || shard.cells[i] != &cell) return;
  // Moves the followers back that do not stand at home.
  for (std::size_t next = i + 1; next < shard.cells.size() && shard.cells[next] != nullptr &&
                                 shard.home(shard.keys[next]) < next;
       ++i, ++next) {
    shard.keys[i] = shard.keys[next];
    shard.cells[i] = shard.cells[next];
  }
  shard.cells[i] = nullptr;
  shard.keys[i] = 0;
  --shard.count;
}

NameTable::Found NameTable::find(std::string_view name) const {
  const std::uint64_t hash = NameTable::hash(name);
  const std::uint32_t key = key_of(hash);
  const Shard& shard = shards_[shard_of(hash)];
  std::lock_guard lock(shard.lock);
  Cell* newest = nullptr;
  if (!shard.cells.empty()) {
    for (std::size_t i = shard.lower_bound(key); shard.cells[i] != nullptr && shard.keys[i] == key;
         ++i) {
      Cell* cell = shard.cells[i];
      if (cell->name() == name &&
          (newest == nullptr || cell->spawn_sequence > newest->spawn_sequence))
        newest = cell;
    }
  }
  if (newest == nullptr) return {};
  return {newest, newest->generation.load(std::memory_order_relaxed)};
}

NameTable::Found NameTable::find_child(const Cell& parent, std::string_view name) const {
  const std::uint64_t hash = NameTable::hash(name);
  const std::uint32_t key = key_of(hash);
  const Shard& shard = shards_[shard_of(hash)];
  std::lock_guard lock(shard.lock);
  if (shard.cells.empty()) return {};
  for (std::size_t i = shard.lower_bound(key); shard.cells[i] != nullptr && shard.keys[i] == key;
       ++i) {
    Cell* cell = shard.cells[i];
    if (cell->parent == &parent && cell->name() == name)
      return {cell, cell->generation.load(std::memory_order_relaxed)};
  }
  return {};
}

std::size_t NameTable::size() const {
  std::size_t size = 0;
  for (std::uint64_t i = 0; i < kShards; ++i) {
    std::lock_guard lock(shards_[i].lock);
    size += shards_[i].count;
  }
  return size;
}

}  // namespace goakt::internal
