#include "goakt/actor/internal/dead_letters.h"

#include "goakt/actor/internal/reply_slot.h"
#include "goakt/actor/internal/system.h"
#include "goakt/actor/messages.h"

namespace goakt::internal {

void DeadLetters::add(Deadletter letter) {
  total_.fetch_add(1, std::memory_order_relaxed);
  std::lock_guard lock(mutex_);
  ++by_receiver_[letter.receiver];
  if (capacity_ == 0) return;
  if (ring_.size() >= capacity_) ring_.pop_front();
  ring_.push_back(std::move(letter));
}

std::uint64_t DeadLetters::count_for(std::string_view receiver) const {
  std::lock_guard lock(mutex_);
  const auto it = by_receiver_.find(receiver);
  return it == by_receiver_.end() ? 0 : it->second;
}

std::vector<Deadletter> DeadLetters::kept() const {
  std::lock_guard lock(mutex_);
  return {ring_.begin(), ring_.end()};
}

namespace {

void record(System& system, Deadletter letter) {
  system.publish([&] { return letter; });
  system.dead_letters.add(std::move(letter));
}

}  // namespace

void dead_letter(Cell& cell, Envelope* message, std::string_view reason) {
  System& system = *cell.system;
  if (origin_kind(message->origin) == OriginKind::slot)
    complete_with_error(message->origin,
                        Error(reason == error_text(ErrorCode::unhandled) ? ErrorCode::unhandled
                              : system.running()                         ? ErrorCode::dead
                                                 : ErrorCode::system_shutting_down));
  const Pid sender = sender_of(message->origin);
  Deadletter letter;
  letter.sender = sender ? sender.path() : path_of(*system.no_sender);
  letter.receiver = path_of(cell);
  message->next = nullptr;
  auto kept = std::make_shared<Message>(message);
  letter.type = kept->type_name();
  letter.message = std::move(kept);
  letter.send_time = system.clock.wall();
  letter.reason = reason;
  record(system, std::move(letter));
}

void dead_letter(System& system, std::string_view sender, std::string_view receiver,
                 std::string_view type, std::string_view reason) {
  Deadletter letter;
  letter.sender = sender;
  letter.receiver = receiver;
  letter.message = std::make_shared<Message>(Message::make<NoMessage>());
  letter.type = type;
  letter.send_time = system.clock.wall();
  letter.reason = reason;
  record(system, std::move(letter));
}

void undeliverable(Cell& cell, std::uint64_t, Envelope* message) {
  dead_letter(
      cell, message,
      error_text(cell.system->running() ? ErrorCode::dead : ErrorCode::system_shutting_down));
}

}  // namespace goakt::internal
