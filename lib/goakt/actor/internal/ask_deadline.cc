#include "goakt/actor/internal/ask_deadline.h"

#include <array>
#include <atomic>

namespace goakt::internal {

namespace {

using Word = std::atomic<std::int64_t>;

// 0: no deadline; more: nanoseconds of the clock; less: a timeout that nobody has looked at yet.
struct Words {
  static constexpr std::uint32_t kPerChunk = 1024;
  static constexpr std::uint32_t kChunks = 1u << 14;  // as many as there can be slots

  // Made for the first ask of the chunk, never removed.
  std::array<std::atomic<Word*>, kChunks> chunks{};

  Word& of(std::uint32_t index) {
    std::atomic<Word*>& chunk = chunks[index / kPerChunk];
    Word* words = chunk.load(std::memory_order_acquire);
    if (words == nullptr) words = make(chunk);
    return words[index % kPerChunk];
  }

 private:
  static Word* make(std::atomic<Word*>& chunk) {
    Word* made = new Word[kPerChunk]();
    Word* there = nullptr;
    if (chunk.compare_exchange_strong(there, made, std::memory_order_acq_rel)) return made;
    delete[] made;
    return there;
  }
};

constinit Words words;

}  // namespace

TimePoint deadline_after(const Clock& clock, std::chrono::nanoseconds timeout) {
  const TimePoint now = clock.now();
  return timeout < TimePoint::max() - now ? now + timeout : TimePoint::max();
}

// Release: who reads a later ask's word also sees that the slot is no longer the earlier one's.
void set_ask_deadline(const ReplySlot& slot, std::optional<TimePoint> deadline) {
  words.of(slot.index)
      .store(deadline ? deadline->time_since_epoch().count() : 0, std::memory_order_release);
}

void set_ask_timeout(const ReplySlot& slot, std::chrono::nanoseconds timeout) {
  words.of(slot.index).store(-timeout.count(), std::memory_order_release);
}

std::optional<TimePoint> ask_deadline(std::uint64_t origin, const Clock& clock) {
  Word& word = words.of(slot_of(origin).index);
  std::int64_t value = word.load(std::memory_order_acquire);
  if (!is_waiting(origin)) return clock.now();
  if (value == 0) return {};
  if (value < 0) {
    const std::int64_t deadline =
        deadline_after(clock, std::chrono::nanoseconds(-value)).time_since_epoch().count();
    // Somebody else who looks at the same time gets the same answer.
    if (word.compare_exchange_strong(value, deadline, std::memory_order_acq_rel)) value = deadline;
    if (value <= 0) return {};
  }
  return TimePoint(Duration(value));
}

}  // namespace goakt::internal
