#pragma once

#include "goakt/actor/internal/cell.h"
#include "goakt/actor/internal/reply_slot.h"
#include "goakt/actor/pid.h"

#include <cstdint>

// Envelope::origin: whom to answer. [1:0] tag. Actor: [47:6] cell, [63:48] low half of its
// generation. Slot: [25:2] index, [63:26] low 38 bits of the slot's generation.
namespace goakt::internal {

enum class OriginKind : std::uint8_t { none = 0, actor = 1, slot = 2 };

inline constexpr std::uint64_t kTaskOrigin = 3;  // of a control task

inline OriginKind origin_kind(std::uint64_t origin) {
  return static_cast<OriginKind>(origin & 3);
}

inline std::uint64_t origin_of_actor(const Pid& pid) {
  if (!pid) return 0;
  return reinterpret_cast<std::uint64_t>(PidAccess::cell(pid)) |
         std::uint64_t{PidAccess::generation(pid)} << 48 |
         static_cast<std::uint64_t>(OriginKind::actor);
}

// Who asked through that slot, while it still waits.
Pid asker_of(std::uint64_t origin);

inline Pid sender_of(std::uint64_t origin) {
  if (GOAKT_UNLIKELY(origin_kind(origin) != OriginKind::actor)) return asker_of(origin);
  auto* cell = reinterpret_cast<Cell*>(origin & 0x0000'ffff'ffff'ffc0ull);
  const std::uint32_t now = cell->generation.load(std::memory_order_acquire);
  // Generations only grow: the sender's is the last one with these low bits.
  const auto low = static_cast<std::uint32_t>(origin >> 48);
  std::uint32_t generation = (now & 0xffff'0000u) | low;
  if (generation > now) generation -= 0x10000;
  return PidAccess::make(cell, generation);
}

}  // namespace goakt::internal
