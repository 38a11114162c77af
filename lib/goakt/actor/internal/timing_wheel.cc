#include "goakt/actor/internal/timing_wheel.h"

#include <bit>
#include <utility>

namespace goakt::internal {

TimerEntry* TimingWheel::acquire() {
  if (free_ == nullptr) {
    const std::size_t base = chunks_.size() * kChunk;
    chunks_.push_back(std::make_unique<TimerEntry[]>(kChunk));
    for (std::size_t i = kChunk; i-- > 0;) {
      TimerEntry& entry = chunks_.back()[i];
      entry.index = static_cast<std::uint32_t>(base + i);
      entry.next = std::exchange(free_, &entry);
    }
  }
  return std::exchange(free_, free_->next);
}

void TimingWheel::release(TimerEntry& entry) {
  if (++entry.generation == 0) entry.generation = 1;
  entry.next = std::exchange(free_, &entry);
}

TimerEntry* TimingWheel::find(std::uint32_t index, std::uint32_t generation) {
  if (index / kChunk >= chunks_.size()) return nullptr;
  TimerEntry& entry = chunks_[index / kChunk][index % kChunk];
  return entry.generation == generation && entry.place >= 0 ? &entry : nullptr;
}

void TimingWheel::insert(TimerEntry& entry, std::int64_t tick) {
  // What is overdue belongs to the slot that is looked at next.
  entry.tick = tick < current_ ? current_ : tick;
  place(entry);
  ++size_;
}

void TimingWheel::place(TimerEntry& entry) {
  const auto difference = static_cast<std::uint64_t>(entry.tick ^ current_);
  const int level = difference == 0 ? 0 : (63 - std::countl_zero(difference)) / 8;
  int place = kFar;
  if (level < kLevels) {
    const int slot = static_cast<int>(entry.tick >> (8 * level)) & (kSlots - 1);
    used_[static_cast<std::size_t>(level)][static_cast<std::size_t>(slot / 64)] |= 1ull
                                                                                   << (slot % 64);
    place = level * kSlots + slot;
  }
  List& list = lists_[static_cast<std::size_t>(place)];
  entry.place = static_cast<std::int16_t>(place);
  entry.next = nullptr;
  entry.previous = list.last;
  (list.last == nullptr ? list.first : list.last->next) = &entry;
  list.last = &entry;
}

void TimingWheel::unlink(TimerEntry& entry) {
  List& list = lists_[static_cast<std::size_t>(entry.place)];
  (entry.previous == nullptr ? list.first : entry.previous->next) = entry.next;
  (entry.next == nullptr ? list.last : entry.next->previous) = entry.previous;
  if (list.first == nullptr && entry.place < kFar) {
    const auto slot = static_cast<std::size_t>(entry.place % kSlots);
    used_[static_cast<std::size_t>(entry.place / kSlots)][slot / 64] &= ~(1ull << (slot % 64));
  }
  entry.place = -1;
}

void TimingWheel::remove(TimerEntry& entry) {
  unlink(entry);
  --size_;
}

void TimingWheel::cascade(int place) {
  List& list = lists_[static_cast<std::size_t>(place)];
  TimerEntry* const last = list.last;  // what is placed back is not looked at again
  for (bool more = list.first != nullptr; more;) {
    TimerEntry& entry = *list.first;
    more = &entry != last;
    unlink(entry);
    this->place(entry);
  }
}

int TimingWheel::next_slot(int level, int slot) const {
  const auto& words = used_[static_cast<std::size_t>(level)];
  for (int from = slot + 1; from < kSlots; from = (from / 64 + 1) * 64) {
    const std::uint64_t word = words[static_cast<std::size_t>(from / 64)] & (~0ull << (from % 64));
    if (word != 0) return from / 64 * 64 + std::countr_zero(word);
  }
  return -1;
}

std::int64_t TimingWheel::bound() const {
  if (size_ == 0) return kNever;
  for (int level = 0; level < kLevels; ++level) {
    const int shift = 8 * level;
    const int here = static_cast<int>(current_ >> shift) & (kSlots - 1);
    // The current slot of the lowest level is still to be looked at, those above are spread out.
    const int slot = next_slot(level, level == 0 ? here - 1 : here);
    if (slot >= 0)
      return (current_ >> (shift + 8) << (shift + 8)) | (static_cast<std::int64_t>(slot) << shift);
  }
  return ((current_ >> 32) + 1) << 32;
}

TimerEntry* TimingWheel::take_due(std::int64_t now) {
  while (size_ != 0) {
    const auto slot = static_cast<std::size_t>(current_ & (kSlots - 1));
    if (TimerEntry* entry = current_ <= now ? lists_[slot].first : nullptr) {
      remove(*entry);
      return entry;
    }
    const std::int64_t next = bound();
    if (next > now) break;
    current_ = next;
    // Where digits are zero, the level above has just moved on to a new slot.
    if ((current_ & 0xffff'ffff) == 0) cascade(kFar);
    for (int level = kLevels - 1; level > 0; --level)
      if ((current_ & ((std::int64_t{1} << (8 * level)) - 1)) == 0)
        cascade(level * kSlots + (static_cast<int>(current_ >> (8 * level)) & (kSlots - 1)));
  }
  return nullptr;
}

TimerEntry* TimingWheel::take_any() {
  for (const List& list : lists_)
    if (TimerEntry* entry = list.first) {
      remove(*entry);
      return entry;
    }
  return nullptr;
}

}  // namespace goakt::internal
