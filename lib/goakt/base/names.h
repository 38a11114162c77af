#pragma once

#include "goakt/base/result.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

// The rules for names and the names that nobody else may take. All of GoAkt's, except that a name
// is judged as it is given: GoAkt trims it first and then keeps the spaces.
namespace goakt::names {

inline constexpr std::size_t kMaxLength = 255;
inline constexpr std::string_view kWordRule =
    "must contain only word characters (i.e. [a-zA-Z0-9] plus non-leading '-' or '_')";

// The prefix of the system's own actors, case sensitive.
inline constexpr std::string_view kReservedPrefix = "GoAkt";

inline constexpr std::string_view kRootGuardian = "GoAktRootGuardian";
inline constexpr std::string_view kUserGuardian = "GoAktUserGuardian";
inline constexpr std::string_view kSystemGuardian = "GoAktSystemGuardian";
inline constexpr std::string_view kDeathWatch = "GoAktDeathWatch";
inline constexpr std::string_view kDeadletter = "GoAktDeadletter";
inline constexpr std::string_view kNoSender = "GoAktNoSender";
inline constexpr std::string_view kSingletonManager = "GoAktSingletonManager";
inline constexpr std::string_view kRebalancer = "GoAktRebalancer";
inline constexpr std::string_view kRelocationWorker = "GoAktRelocationWorker";
inline constexpr std::string_view kPeerStatesWriter = "GoAktPeerStatesWriter";
inline constexpr std::string_view kTopicActor = "GoAktTopicActor";
inline constexpr std::string_view kReplicator = "GoAktReplicator";
inline constexpr std::string_view kReliableProducerPrefix = "GoAktReliableProducerController-";
inline constexpr std::string_view kReliableConsumerPrefix = "GoAktReliableConsumerController-";

constexpr bool is_reserved(std::string_view name) noexcept {
  return name.substr(0, kReservedPrefix.size()) == kReservedPrefix;
}

// [a-zA-Z0-9], then also '-', '_' and, where allowed, '.'.
constexpr bool is_word(std::string_view text, bool dot_allowed) noexcept {
  const auto alphanumeric = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  if (text.empty() || !alphanumeric(text.front())) return false;
  for (const char c : text)
    if (!alphanumeric(c) && c != '-' && c != '_' && !(dot_allowed && c == '.')) return false;
  return true;
}

// The name that a system is created with: no dot.
[[nodiscard]] GOAKT_API Status check_system(std::string_view name);
// An actor's name, the system's own included.
[[nodiscard]] GOAKT_API Status check_actor(std::string_view name);
// An actor's name that a user chose: not reserved either.
[[nodiscard]] GOAKT_API Status check_user_actor(std::string_view name);
// The id of an extension or a dependency.
[[nodiscard]] GOAKT_API Status check_id(std::string_view id);
// An endpoint that an address can hold: no IPv6 literal, the text form has no room for it.
[[nodiscard]] GOAKT_API Status check_host_port(std::string_view host, std::int32_t port);

}  // namespace goakt::names
