#pragma once

#include "goakt/actor/dead_letter.h"
#include "goakt/actor/event_stream.h"
#include "goakt/actor/inspect.h"
#include "goakt/actor/internal/cell.h"

#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace goakt::internal {

// Keeps the last dead letters and counts all of them. Any thread.
class DeadLetters {
 public:
  // A message that is larger, in the process or on the wire, is kept without its body.
  static constexpr std::size_t kMaxBody = 64 * 1024;
  // Further receivers are not counted one by one: dead names must not fill the memory.
  static constexpr std::size_t kMaxReceivers = 16'384;
  // As many causes are told apart.
  static constexpr std::size_t kCauses = 8;

  explicit DeadLetters(std::size_t capacity) : capacity_(capacity) {}

  void add(Deadletter letter);

  std::uint64_t total() const { return total_.load(std::memory_order_relaxed); }

  std::uint64_t count_for(std::string_view receiver) const;
  std::vector<DeadletterCount> by_cause() const;
  // Newest last.
  std::vector<Deadletter> kept(const DeadletterQuery& query = {}) const;
  // The same, and no longer kept.
  std::vector<Deadletter> take(const DeadletterQuery& query);
  std::vector<Deadletter> take_if(const std::function<bool(const Deadletter&)>& chosen);
  // Keeps it once more, without counting it again.
  void put_back(Deadletter letter);

 private:
  void keep(Deadletter letter);

  const std::size_t capacity_;
  std::atomic<std::uint64_t> total_{0};
  mutable std::mutex mutex_;  // guards all below
  std::array<std::uint64_t, kCauses> by_cause_{};
  std::deque<Deadletter> ring_;
  std::map<std::string, std::uint64_t, std::less<>> by_receiver_;
};

class System;

// Messages that are nobody's loss: PostStart, Terminated and the runtime's own.
bool is_exempt(const MessageType& type);

// Makes a dead letter of a message that `cell` will not handle, and tells its asker. Takes
// ownership.
void dead_letter(Cell& cell, Envelope* message, std::string_view reason);
// A letter without the message, which is gone: an ask that timed out.
void dead_letter(System& system, std::string_view sender, std::string_view receiver,
                 std::string_view type, std::string_view reason);
// The same for a message that came too late for that generation of the cell.
void undeliverable(Cell& cell, std::uint64_t generation16, Envelope* message);

}  // namespace goakt::internal
