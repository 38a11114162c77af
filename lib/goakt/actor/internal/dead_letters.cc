#include "goakt/actor/internal/dead_letters.h"

#include "goakt/actor/internal/reply_slot.h"
#include "goakt/actor/internal/system.h"
#include "goakt/actor/messages.h"

#include <algorithm>

namespace goakt::internal {

namespace {

struct Cause {
  std::string_view name;
  ErrorCode code;  // whose text the reason begins with
};

constexpr std::array<Cause, DeadLetters::kCauses - 1> kNamedCauses{{
    {"dead", ErrorCode::dead},
    {"unhandled", ErrorCode::unhandled},
    {"mailbox-full", ErrorCode::mailbox_full},
    {"timeout", ErrorCode::request_timeout},
    {"shutting-down", ErrorCode::system_shutting_down},
    {"unreachable", ErrorCode::remote_send_failure},
    {"backpressure", ErrorCode::remote_send_backpressure},
}};
constexpr std::string_view kOtherCause = "refused";

std::size_t cause_of(std::string_view reason) {
  std::size_t i = 0;
  while (i < kNamedCauses.size() && !reason.starts_with(error_text(kNamedCauses[i].code))) ++i;
  return i;
}

}  // namespace

std::vector<DeadletterCount> DeadLetters::by_cause() const {
  std::vector<DeadletterCount> counts;
  std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < kCauses; ++i)
    counts.push_back({i < kNamedCauses.size() ? kNamedCauses[i].name : kOtherCause, by_cause_[i]});
  return counts;
}

void DeadLetters::add(Deadletter letter) {
  total_.fetch_add(1, std::memory_order_relaxed);
  std::lock_guard lock(mutex_);
  ++by_cause_[cause_of(letter.reason)];
  if (const auto it = by_receiver_.find(letter.receiver); it != by_receiver_.end())
    ++it->second;
  else if (by_receiver_.size() < kMaxReceivers)
    by_receiver_.emplace(letter.receiver, 1);
  keep(std::move(letter));
}

void DeadLetters::put_back(Deadletter letter) {
  std::lock_guard lock(mutex_);
  keep(std::move(letter));
}

void DeadLetters::keep(Deadletter letter) {
  if (capacity_ == 0) return;
  if (ring_.size() >= capacity_) ring_.pop_front();
  ring_.push_back(std::move(letter));
}

std::uint64_t DeadLetters::count_for(std::string_view receiver) const {
  std::lock_guard lock(mutex_);
  const auto it = by_receiver_.find(receiver);
  return it == by_receiver_.end() ? 0 : it->second;
}

namespace {

// "goakt://system@host:port/parent/name" is also found by "name".
bool is_called(std::string_view path, std::string_view wanted) {
  if (wanted.empty() || path == wanted) return true;
  return path.size() > wanted.size() && path.substr(path.size() - wanted.size()) == wanted &&
         path[path.size() - wanted.size() - 1] == '/';
}

bool matches(const Deadletter& letter, const DeadletterQuery& query) {
  return is_called(letter.receiver, query.receiver) && is_called(letter.sender, query.sender) &&
         (query.type.empty() || letter.type == query.type) &&
         letter.reason.find(query.reason) != std::string::npos;
}

bool is_too_large(const Message& message) {
  const MessageType& type = message.type();
  if (type.size > DeadLetters::kMaxBody) return true;
  if (type.codec == nullptr) return false;
  const auto bytes = message.serialize();
  return !bytes || bytes->size() > DeadLetters::kMaxBody;
}

void record(System& system, Deadletter letter) {
  system.options.logger.info("dead letter", {{"receiver", letter.receiver},
                                             {"sender", letter.sender},
                                             {"type", letter.type},
                                             {"reason", letter.reason}});
  system.publish([&] { return letter; });
  system.dead_letters.add(std::move(letter));
}

}  // namespace

std::vector<Deadletter> DeadLetters::take_if(const std::function<bool(const Deadletter&)>& chosen) {
  std::vector<Deadletter> taken;
  std::lock_guard lock(mutex_);
  std::erase_if(ring_, [&](Deadletter& letter) {
    if (!chosen(letter)) return false;
    taken.push_back(std::move(letter));
    return true;
  });
  return taken;
}

std::vector<Deadletter> DeadLetters::kept(const DeadletterQuery& query) const {
  std::vector<Deadletter> found;
  {
    std::lock_guard lock(mutex_);
    for (auto it = ring_.rbegin(); it != ring_.rend() && found.size() < query.limit; ++it)
      if (matches(*it, query)) found.push_back(*it);
  }
  std::reverse(found.begin(), found.end());
  return found;
}

std::vector<Deadletter> DeadLetters::take(const DeadletterQuery& query) {
  std::vector<Deadletter> found;
  std::deque<Deadletter> others;
  std::lock_guard lock(mutex_);
  while (!ring_.empty()) {
    if (found.size() < query.limit && matches(ring_.back(), query))
      found.push_back(std::move(ring_.back()));
    else
      others.push_front(std::move(ring_.back()));
    ring_.pop_back();
  }
  ring_.swap(others);
  std::reverse(found.begin(), found.end());
  return found;
}

bool is_exempt(const MessageType& type) {
  return &type == &message_type<PostStart>() || &type == &message_type<Terminated>() ||
         &type == &message_type<PoisonPill>();
}

void dead_letter(Cell& cell, Envelope* message, std::string_view reason) {
  System& system = *cell.system;
  if (origin_kind(message->origin) == OriginKind::slot)
    complete_with_error(message->origin,
                        Error(reason == error_text(ErrorCode::unhandled) ? ErrorCode::unhandled
                              : system.running()                         ? ErrorCode::dead
                                                 : ErrorCode::system_shutting_down));
  if (is_exempt(*message->type)) return delete_envelope(message);
  const Pid sender = sender_of(message->origin);
  Deadletter letter;
  letter.sender = sender ? sender.path() : path_of(*system.no_sender);
  letter.receiver = path_of(cell);
  message->next = nullptr;
  auto kept = std::make_shared<Message>(message);
  letter.type = kept->type_name();
  if (is_too_large(*kept)) kept = std::make_shared<Message>(Message::make<NoMessage>());
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
