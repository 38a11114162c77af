#include "goakt/actor/passivation.h"

namespace goakt {

namespace {

// Go's notation without its empty parts: "2m", "1h30m", "1.5s".
std::string in_go_notation(std::chrono::milliseconds time) {
  const auto total = time.count();
  if (total < 1'000) return std::to_string(total) + "ms";
  std::string text;
  if (const auto hours = total / 3'600'000; hours != 0) text += std::to_string(hours) + "h";
  if (const auto minutes = total / 60'000 % 60; minutes != 0) text += std::to_string(minutes) + "m";
  if (const auto rest = total % 60'000; rest != 0) {
    text += std::to_string(rest / 1'000);
    if (rest % 1'000 != 0) {
      std::string fraction = std::to_string(1'000 + rest % 1'000).substr(1);
      fraction.erase(fraction.find_last_not_of('0') + 1);
      text += "." + fraction;
    }
    text += "s";
  }
  return text;
}

}  // namespace

std::string Passivation::describe() const {
  switch (kind_) {
    case Kind::time_based:
      return "Timed-Based of Duration=[" + in_go_notation(timeout_) + "]";
    case Kind::messages_count_based:
      return "Messages Count-Based with maximum of " + std::to_string(messages_);
    case Kind::long_lived:
      break;
  }
  return "Long Lived";
}

}  // namespace goakt
