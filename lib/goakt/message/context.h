#pragma once

#include <atomic>
#include <map>
#include <string>
#include <string_view>

namespace goakt {

// What travels beside a message without being part of it: trace ids and baggage (GoAkt's propagated
// context values). Immutable after construction and shared by all messages that one message causes;
// most messages carry none, which costs nothing.
struct MessageContext {
  std::map<std::string, std::string, std::less<>> values;

  const std::string* find(std::string_view key) const {
    const auto it = values.find(key);
    return it == values.end() ? nullptr : &it->second;
  }

  void retain() const noexcept { references_.fetch_add(1, std::memory_order_relaxed); }

  void release() const noexcept {
    if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

 private:
  mutable std::atomic<std::uint32_t> references_{1};
};

}  // namespace goakt
