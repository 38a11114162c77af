#include "goakt/actor/internal/passivator.h"

#include "goakt/actor/internal/system.h"

#include <algorithm>

namespace goakt::internal {

namespace {

// Deadlines are compared modulo 2^32 ms, so none may be too far ahead; a longer one is looked at in
// between.
constexpr std::int64_t kFarthest = std::chrono::milliseconds(std::chrono::hours(24 * 20)).count();

std::int64_t timeout_of(const Cell& cell) {
  const CellExtension* x = extension_or_null(cell);
  if (x != nullptr && x->passivation) return x->passivation->timeout().count();
  return cell.system->options.passivation_timeout.count();
}

std::uint32_t idle_for(const Cell& cell, std::uint32_t now) {
  const std::uint32_t last = cell.last_activity_ms.load(std::memory_order_relaxed);
  // The stamp may be a little ahead of a `now` that was read before it.
  return static_cast<std::int32_t>(now - last) < 0 ? 0 : now - last;
}

bool is_busy(const Cell& cell) {
  const CellExtension* x = extension_or_null(cell);
  if (cell.depth() > 0 || (x != nullptr && x->async != nullptr)) return true;
  return cell.system->options.passivation_children == PassivationChildren::keep &&
         cell.first_child != nullptr;
}

constexpr std::uint32_t kNotByTime = kSystemActor | kInternal | kLongLived | kCountPassivation;

std::uint32_t span(std::int64_t milliseconds) {
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(milliseconds, 1, kFarthest));
}

}  // namespace

Passivator::Passivator(System& system) : system_(system) {}

void Passivator::start() {
  running_.store(true, std::memory_order_release);
}

void Passivator::stop() {
  running_.store(false, std::memory_order_release);
  for (Shard& shard : shards_) {
    std::lock_guard lock(shard.mutex);
    system_.timers.cancel(std::exchange(shard.timer, 0));
    shard.heap.clear();
    shard.gone = 0;
  }
}

Passivator::Shard& Passivator::shard_of(const Cell& cell) {
  return shards_[(reinterpret_cast<std::uintptr_t>(&cell) >> 8) % kShards];
}

// Finer than the coarse clock of the stamps: a deadline has passed when its timer fires.
std::uint32_t Passivator::now_ms() const {
  return static_cast<std::uint32_t>(system_.clock.now().time_since_epoch() /
                                        std::chrono::milliseconds(1) -
                                    system_.started_coarse_ms);
}

void Passivator::add(Cell& cell) {
  if (cell.has(kNotByTime)) return;
  if (const std::int64_t timeout = timeout_of(cell); timeout > 0)
    wait(cell, cell.last_activity_ms.load(std::memory_order_relaxed) + span(timeout));
}

void Passivator::resumed(Cell& cell) {
  if (!cell.has(kPassivationParked)) return;
  cell.flags.fetch_and(~std::uint32_t{kPassivationParked}, std::memory_order_relaxed);
  add(cell);
}

void Passivator::wait(Cell& cell, std::uint32_t due) {
  Shard& shard = shard_of(cell);
  std::lock_guard lock(shard.mutex);
  if (!running_.load(std::memory_order_acquire)) return;
  shard.heap.push_back({&cell, cell.generation.load(std::memory_order_relaxed), due});
  std::push_heap(shard.heap.begin(), shard.heap.end(), later);
  arm(shard);
}

void Passivator::removed(const Cell& cell) {
  if (cell.has(kNotByTime)) return;
  Shard& shard = shard_of(cell);
  std::lock_guard lock(shard.mutex);
  if (++shard.gone >= kWorthCompacting && shard.gone > shard.heap.size() / 2) compact(shard);
}

void Passivator::compact(Shard& shard) {
  std::erase_if(shard.heap, [](const Entry& e) { return !e.cell->is(e.generation); });
  shard.heap.shrink_to_fit();
  std::make_heap(shard.heap.begin(), shard.heap.end(), later);
  shard.gone = 0;
}

void Passivator::arm(Shard& shard) {
  if (shard.heap.empty()) return;
  const std::uint32_t due = shard.heap.front().due;
  if (shard.timer != 0 && static_cast<std::int32_t>(due - shard.armed) >= 0) return;
  system_.timers.cancel(shard.timer);
  shard.armed = due;
  const std::int64_t left = std::max<std::int64_t>(static_cast<std::int32_t>(due - now_ms()), 0);
  // From a whole millisecond, as the stamps count.
  const TimePoint base(std::chrono::milliseconds(system_.clock.now().time_since_epoch() /
                                                 std::chrono::milliseconds(1)));
  shard.timer =
      system_.timers.at(base + std::chrono::milliseconds(left), [this, &shard] { expire(shard); });
}

void Passivator::expire(Shard& shard) {
  std::lock_guard lock(shard.mutex);
  if (!running_.load(std::memory_order_acquire)) return;
  shard.timer = 0;
  const std::uint32_t now = now_ms();
  while (!shard.heap.empty() && static_cast<std::int32_t>(now - shard.heap.front().due) >= 0) {
    std::pop_heap(shard.heap.begin(), shard.heap.end(), later);
    Entry entry = shard.heap.back();
    shard.heap.pop_back();
    if (has_worked(entry, now)) {
      shard.heap.push_back(entry);
      std::push_heap(shard.heap.begin(), shard.heap.end(), later);
    } else {
      post(*entry.cell, entry.generation, [this](Cell& cell) { review(cell); });
    }
  }
  arm(shard);
}

bool Passivator::has_worked(Entry& entry, std::uint32_t now) {
  const Cell& cell = *entry.cell;
  // Anything out of the ordinary is decided in the actor's turn: nobody else may look at its
  // extension.
  constexpr std::uint32_t kSpecial =
      kStopping | kSuspended | kPassivationPaused | kPassivationSkipNext;
  if (cell.has(kSpecial) || cell.extension.load(std::memory_order_relaxed) != nullptr) return false;
  const std::int64_t left = system_.options.passivation_timeout.count() - idle_for(cell, now);
  if (!cell.is(entry.generation) || left <= 0) return false;
  entry.due = now + span(left);
  rearmed_.fetch_add(1, std::memory_order_relaxed);
  return true;
}

void Passivator::review(Cell& cell) {
  const std::uint32_t flags = cell.flags.load(std::memory_order_relaxed);
  if ((flags & kStopping) != 0 && (flags & kRestarting) == 0) return;
  if ((flags & kPassivationPaused) != 0) {
    cell.flags.fetch_or(kPassivationParked, std::memory_order_relaxed);
    return;
  }
  const std::uint32_t now = now_ms();
  const std::int64_t timeout = timeout_of(cell);
  if ((flags & kPassivationSkipNext) != 0)
    cell.flags.fetch_and(~std::uint32_t{kPassivationSkipNext}, std::memory_order_relaxed);
  else if ((flags & (kSuspended | kRestarting)) == 0 && !is_busy(cell)) {
    const std::int64_t left = timeout - idle_for(cell, now);
    if (left <= 0) return begin_stop(cell, StopMode::passivate, nullptr);
    rearmed_.fetch_add(1, std::memory_order_relaxed);
    return wait(cell, now + span(left));
  }
  wait(cell, now + span(timeout));
}

std::size_t Passivator::entries() const {
  std::size_t count = 0;
  for (const Shard& shard : shards_) {
    std::lock_guard lock(shard.mutex);
    count += shard.heap.size();
  }
  return count;
}

}  // namespace goakt::internal
