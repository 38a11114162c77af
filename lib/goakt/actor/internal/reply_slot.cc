#include "goakt/actor/internal/reply_slot.h"

#include "goakt/actor/internal/origin.h"
#include "goakt/actor/internal/spin.h"

#include <climits>

#include <linux/futex.h>
#include <mutex>
#include <sched.h>
#include <sys/syscall.h>
#include <type_traits>
#include <unistd.h>
#include <vector>

namespace goakt::internal {

namespace {

constexpr std::uint64_t kGenerationMask = (1ull << 38) - 1;
constexpr std::uint32_t kSlotsPerChunk = 1024;
constexpr std::uint32_t kChunks = 1u << 14;  // 16 M open asks
constexpr std::uint32_t kLocalSlots = 64;    // kept per thread
// Who waits looks for the answer: first without giving up its CPU, then letting others go first,
// who may be just the ones that bring it.
constexpr auto kSpin = std::chrono::microseconds(2);
constexpr auto kLook = std::chrono::microseconds(50);

// All slots of the process; chunks are added and never removed.
struct Table {
  std::mutex mutex;  // guards free and growth
  ReplySlot* free = nullptr;
  std::uint32_t chunks = 0;
  std::atomic<ReplySlot*> chunk[kChunks] = {};

  ReplySlot* take() {
    std::lock_guard lock(mutex);
    if (free == nullptr) grow();
    ReplySlot* slot = free;
    free = slot->next_free;
    return slot;
  }

  void give(ReplySlot* slot) {
    std::lock_guard lock(mutex);
    slot->next_free = free;
    free = slot;
  }

 private:
  void grow() {
    if (chunks == kChunks) std::abort();
    auto* slots = new ReplySlot[kSlotsPerChunk];
    for (std::uint32_t i = 0; i < kSlotsPerChunk; ++i) {
      slots[i].index = chunks * kSlotsPerChunk + i;
      slots[i].next_free = i + 1 < kSlotsPerChunk ? &slots[i + 1] : nullptr;
    }
    chunk[chunks].store(slots, std::memory_order_release);
    ++chunks;
    free = slots;
  }
};

constinit Table table;
static_assert(std::is_trivially_destructible_v<Table>, "threads that end late still use it");

// Free slots kept by the thread. Plain data, so that an ask reaches it without a call.
struct LocalSlots {
  ReplySlot* head;
  std::uint32_t count;
  bool is_owned;
};

[[gnu::tls_model("initial-exec")]] constinit thread_local LocalSlots local{};

// Gives them back when the thread ends.
struct LocalSlotsOwner {
  ~LocalSlotsOwner() {
    while (local.head != nullptr) table.give(std::exchange(local.head, local.head->next_free));
    local.count = kLocalSlots;  // whatever comes later goes to the table
  }
};

[[gnu::noinline]] void own_slots() {
  static thread_local LocalSlotsOwner owner;
  local.is_owned = true;
}

std::uint64_t with_state(std::uint64_t word, ReplySlot::State state) {
  return (word & ~std::uint64_t{0xff}) | state;
}

std::uint32_t* futex_word(ReplySlot& slot) {
  return reinterpret_cast<std::uint32_t*>(&slot.word);
}

void futex_wait(ReplySlot& slot, std::uint32_t expected, std::chrono::nanoseconds timeout) {
  timespec ts;
  ts.tv_sec = timeout.count() / 1'000'000'000;
  ts.tv_nsec = timeout.count() % 1'000'000'000;
  syscall(SYS_futex, futex_word(slot), FUTEX_WAIT_PRIVATE, expected, &ts, nullptr, 0);
}

void futex_wake(ReplySlot& slot) {
  syscall(SYS_futex, futex_word(slot), FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
}

// Waits for the short time between winning the slot and storing the answer.
void wait_until_done(ReplySlot& slot) {
  while (ReplySlot::state_of(slot.word.load(std::memory_order_acquire)) != ReplySlot::done)
    spin_pause();
}

// Wins the slot for an answer of that origin.
ReplySlot* win(std::uint64_t origin, std::uint64_t& before) {
  ReplySlot& slot = slot_of(origin);
  std::uint64_t word = slot.word.load(std::memory_order_acquire);
  for (;;) {
    const auto state = ReplySlot::state_of(word);
    if ((ReplySlot::generation_of(word) & kGenerationMask) != origin >> 26 ||
        (state != ReplySlot::waiting && state != ReplySlot::sleeping))
      return nullptr;
    if (slot.word.compare_exchange_weak(word, with_state(word, ReplySlot::writing),
                                        std::memory_order_acq_rel, std::memory_order_acquire)) {
      before = word;
      return &slot;
    }
  }
}

void finish(ReplySlot& slot, std::uint64_t before) {
  // Read first: once the answer is stored, the waiter may give the slot back.
  const auto notify = slot.notify;
  Cell* asker = slot.asker.load(std::memory_order_relaxed);
  const std::uint32_t generation = slot.asker_generation.load(std::memory_order_relaxed);
  const std::uint64_t word = with_state(before, ReplySlot::done);
  slot.word.store(word, std::memory_order_release);
  if (notify != nullptr)
    notify(slot, word, *asker, generation);
  else if (ReplySlot::state_of(before) == ReplySlot::sleeping)
    futex_wake(slot);
}

}  // namespace

ReplySlot& slot_of(std::uint64_t origin) {
  const auto index = static_cast<std::uint32_t>(origin >> 2) & 0xff'ffff;
  return table.chunk[index / kSlotsPerChunk].load(
      std::memory_order_acquire)[index % kSlotsPerChunk];
}

ReplySlot& acquire_slot() {
  ReplySlot* slot = local.head;
  if (slot != nullptr) {
    local.head = slot->next_free;
    --local.count;
  } else {
    slot = table.take();
  }
  const std::uint64_t generation =
      ReplySlot::generation_of(slot->word.load(std::memory_order_relaxed)) + 1;
  slot->notify = nullptr;
  slot->waiter = nullptr;
  slot->asker.store(nullptr, std::memory_order_relaxed);
  slot->word.store(generation << 8 | ReplySlot::waiting, std::memory_order_release);
  return *slot;
}

void release_slot(ReplySlot& slot) noexcept {
  if (slot.reply != nullptr) delete_envelope(std::exchange(slot.reply, nullptr));
  slot.error.reset();
  slot.word.store(with_state(slot.word.load(std::memory_order_relaxed), ReplySlot::free),
                  std::memory_order_release);
  if (GOAKT_UNLIKELY(!local.is_owned)) own_slots();
  if (local.count < kLocalSlots) {
    slot.next_free = local.head;
    local.head = &slot;
    ++local.count;
  } else {
    table.give(&slot);
  }
}

std::uint64_t origin_of(const ReplySlot& slot) {
  const std::uint64_t generation =
      ReplySlot::generation_of(slot.word.load(std::memory_order_relaxed));
  return (generation & kGenerationMask) << 26 | std::uint64_t{slot.index} << 2 |
         static_cast<std::uint64_t>(OriginKind::slot);
}

bool abandon(ReplySlot& slot) noexcept {
  std::uint64_t word = slot.word.load(std::memory_order_acquire);
  for (;;) {
    const auto state = ReplySlot::state_of(word);
    if (state == ReplySlot::free) return true;
    if (state == ReplySlot::writing || state == ReplySlot::done) return false;
    if (slot.word.compare_exchange_weak(word, with_state(word, ReplySlot::free),
                                        std::memory_order_acq_rel, std::memory_order_acquire))
      return true;
  }
}

bool wait_for_reply(ReplySlot& slot, std::chrono::nanoseconds timeout) {
  using Clock = std::chrono::steady_clock;
  if (ReplySlot::state_of(slot.word.load(std::memory_order_acquire)) == ReplySlot::done)
    return true;
  const auto start = Clock::now();
  const auto deadline = start + timeout;
  for (auto now = start; now - start < kLook; now = Clock::now()) {
    for (int i = 0; i < 16; ++i) {
      if (ReplySlot::state_of(slot.word.load(std::memory_order_acquire)) == ReplySlot::done)
        return true;
      spin_pause();
    }
    if (now - start > kSpin) sched_yield();
  }
  for (;;) {
    std::uint64_t word = slot.word.load(std::memory_order_acquire);
    switch (ReplySlot::state_of(word)) {
      case ReplySlot::done:
        return true;
      case ReplySlot::writing:
        wait_until_done(slot);
        return true;
      case ReplySlot::waiting:
        slot.word.compare_exchange_strong(word, with_state(word, ReplySlot::sleeping),
                                          std::memory_order_acq_rel);
        continue;
      case ReplySlot::sleeping: {
        const auto left = deadline - Clock::now();
        if (left.count() <= 0) {
          if (abandon(slot)) return false;
          continue;
        }
        futex_wait(slot, static_cast<std::uint32_t>(word), left);
        continue;
      }
      case ReplySlot::free:
        return false;
    }
  }
}

bool is_waiting(std::uint64_t origin) {
  const std::uint64_t word = slot_of(origin).word.load(std::memory_order_acquire);
  return (ReplySlot::generation_of(word) & kGenerationMask) == origin >> 26 &&
         (ReplySlot::state_of(word) == ReplySlot::waiting ||
          ReplySlot::state_of(word) == ReplySlot::sleeping);
}

bool complete(std::uint64_t origin, Envelope* reply) {
  std::uint64_t before;
  ReplySlot* slot = win(origin, before);
  if (slot == nullptr) {
    delete_envelope(reply);
    return false;
  }
  slot->reply = reply;
  finish(*slot, before);
  return true;
}

bool complete_with_error(std::uint64_t origin, Error error) {
  std::uint64_t before;
  ReplySlot* slot = win(origin, before);
  if (slot == nullptr) return false;
  slot->error = std::make_unique<Error>(std::move(error));
  finish(*slot, before);
  return true;
}

}  // namespace goakt::internal
