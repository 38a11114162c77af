#pragma once

#include "goakt/base/clock.h"
#include "goakt/base/export.h"
#include "goakt/gossip/endpoint.h"
#include "goakt/gossip/messages.h"
#include "goakt/gossip/suspicion.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace goakt::gossip {

// The numbers cross the wire in push/pulls.
enum class State : std::uint8_t { alive = 0, suspect = 1, dead = 2, left = 3 };

GOAKT_API std::string_view state_name(State state) noexcept;

// The protocols that a member speaks, and those of what is built on top.
struct Versions {
  std::uint8_t protocol_min = 1;
  std::uint8_t protocol_max = 5;
  std::uint8_t protocol = 2;
  std::uint8_t delegate_min = 0;
  std::uint8_t delegate_max = 0;
  std::uint8_t delegate = 0;

  bool operator==(const Versions&) const = default;

  // Nothing said: all zero. Of longer ones the first six bytes count; shorter ones are no versions.
  GOAKT_API static std::optional<Versions> parse(const Blob& bytes);
  GOAKT_API Blob bytes() const;

  bool speaks_tcp_ping() const { return protocol_max >= 3; }

  bool speaks_nack() const { return protocol_max >= 4; }

  bool speaks_crc() const { return protocol_max >= 5; }
};

inline constexpr Versions kUnknownVersions{0, 0, 0, 0, 0, 0};

// What is known of a member: what users see of it.
struct MemberInfo {
  // What most news is decided by stands together: in large clusters each look is a cache miss.
  std::string name;
  std::uint32_t incarnation = 0;
  State state = State::dead;
  Versions versions = kUnknownVersions;
  Endpoint endpoint;
  Blob meta;

  // Alive as far as users are concerned: a suspect may still answer.
  bool is_present() const { return state == State::alive || state == State::suspect; }

  bool is_gone() const { return !is_present(); }
};

struct Member : MemberInfo {
  TimePoint changed{};
  // Set exactly while the state is suspect.
  std::unique_ptr<Suspicion> suspicion;
};

}  // namespace goakt::gossip
