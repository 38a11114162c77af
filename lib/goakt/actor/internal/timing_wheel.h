#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

namespace goakt::internal {

// A function that waits for its time; two cache lines, reused.
struct alignas(64) TimerEntry {
  TimerEntry* next = nullptr;
  TimerEntry* previous = nullptr;
  std::int64_t tick = 0;
  // Runs the stored function if told so, and destroys it in any case.
  void (*use)(TimerEntry& entry, bool run) = nullptr;
  std::uint32_t index = 0;
  std::uint32_t generation = 1;  // of this use; ids of former uses do not match
  std::int16_t place = -1;       // level * 256 + slot; -1: in no list
  bool trivial = false;          // need not be destroyed
  alignas(std::max_align_t) std::byte storage[80];
};

static_assert(sizeof(TimerEntry) == 128);

// Hierarchical timing wheel: four levels of 256 slots, so 2^32 ticks; what is later waits in a
// list. An entry's level is that of the highest digit (base 256) in which its tick differs from the
// current one, so entries of one tick always stay in the order in which they were inserted.
// Not thread-safe: Timers locks.
class TimingWheel {
 public:
  static constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

  // An unused entry, to be filled and inserted.
  TimerEntry* acquire();
  void release(TimerEntry& entry);
  // Null: that use of the entry is over, or it is not waiting.
  TimerEntry* find(std::uint32_t index, std::uint32_t generation);

  void insert(TimerEntry& entry, std::int64_t tick);
  void remove(TimerEntry& entry);
  // Moves on to `now` at the latest and takes the next entry that is due; null when none is.
  TimerEntry* take_due(std::int64_t now);
  // Any entry.
  TimerEntry* take_any();

  // Nothing happens before this tick; kNever when empty.
  std::int64_t bound() const;

  std::size_t size() const { return size_; }

  // Only while empty: a wheel that stood still need not be turned through the time in between.
  void jump(std::int64_t now) { current_ = now > current_ ? now : current_; }

 private:
  static constexpr int kLevels = 4;
  static constexpr int kSlots = 256;
  static constexpr int kFar = kLevels * kSlots;  // place of the list beyond the levels
  static constexpr std::size_t kChunk = 64;      // entries allocated at once

  struct List {
    TimerEntry* first = nullptr;
    TimerEntry* last = nullptr;
  };

  void place(TimerEntry& entry);
  void unlink(TimerEntry& entry);
  void cascade(int place);
  // The first used slot of a level after `slot`; -1 when there is none.
  int next_slot(int level, int slot) const;

  std::int64_t current_ = 0;
  std::size_t size_ = 0;
  std::array<List, kFar + 1> lists_;
  std::array<std::array<std::uint64_t, kSlots / 64>, kLevels> used_{};  // bit per slot
  std::vector<std::unique_ptr<TimerEntry[]>> chunks_;
  TimerEntry* free_ = nullptr;
};

}  // namespace goakt::internal
