#pragma once

#include "goakt/base/export.h"

#include <chrono>
#include <cstdint>
#include <string>

namespace goakt {

// When an idle actor is stopped to free its memory (GoAkt's passivation strategies).
class GOAKT_API Passivation {
 public:
  enum class Kind : std::uint8_t { time_based, messages_count_based, long_lived };

  static Passivation time_based(std::chrono::milliseconds timeout) {
    return Passivation(Kind::time_based, timeout, 0);
  }

  // After that many user messages, PostStart not counted.
  static Passivation messages_count_based(std::uint64_t messages) {
    return Passivation(Kind::messages_count_based, {}, messages);
  }

  static Passivation long_lived() { return Passivation(Kind::long_lived, {}, 0); }

  Kind kind() const { return kind_; }

  std::chrono::milliseconds timeout() const { return timeout_; }

  std::uint64_t messages() const { return messages_; }

  // GoAkt's text: "Timed-Based of Duration=[2m]".
  std::string describe() const;

  friend bool operator==(const Passivation&, const Passivation&) = default;

 private:
  Passivation(Kind kind, std::chrono::milliseconds timeout, std::uint64_t messages)
      : kind_(kind), timeout_(timeout), messages_(messages) {}

  Kind kind_;
  std::chrono::milliseconds timeout_;
  std::uint64_t messages_;
};

}  // namespace goakt
