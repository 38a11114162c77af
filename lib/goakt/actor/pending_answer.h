#pragma once

#include "goakt/actor/pid.h"
#include "goakt/base/clock.h"
#include "goakt/base/export.h"
#include "goakt/base/result.h"
#include "goakt/message/envelope.h"

#include <chrono>
#include <string>

namespace goakt {

namespace internal {
struct ReplySlot;
}

// An ask by a thread outside the actors whose answer is fetched later, so that one thread can have
// many under way. Messages of that thread, told and asked, arrive in the order in which it sent
// them. Belongs to one thread at a time; an answer that nobody fetches is dropped.
class GOAKT_API PendingAnswer {
 public:
  // Sends now. Errors: as Pid::ask, as far as they show before the answer.
  [[nodiscard]] static Result<PendingAnswer> ask(const Pid& to, Message message,
                                                 std::chrono::nanoseconds timeout);
  PendingAnswer(PendingAnswer&& other) noexcept;
  PendingAnswer& operator=(PendingAnswer&& other) noexcept;
  ~PendingAnswer();

  // Blocks until the answer, an error or the end of the time that began with the sending. Once.
  [[nodiscard]] Result<Message> get();

 private:
  using Clock = std::chrono::steady_clock;

  PendingAnswer(internal::ReplySlot& slot, const Pid& to, std::string type,
                std::chrono::nanoseconds timeout);

  void drop() noexcept;

  internal::ReplySlot* slot_;
  Pid to_;
  std::string type_;
  std::chrono::nanoseconds timeout_;
  Clock::time_point deadline_;
};

}  // namespace goakt
