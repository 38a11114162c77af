#pragma once

#include "goakt/base/export.h"
#include "goakt/base/result.h"
#include "goakt/message/envelope.h"

#include <chrono>
#include <compare>
#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace goakt {

class Actor;
class ActorSystem;
class Dependency;
class Pid;
struct ActorMetric;

namespace internal {
struct Cell;
struct PidAccess;

// Both take ownership of the message. `from` is who sends (may be nobody).
GOAKT_API Status send(const Pid& to, Envelope* message, const Pid& from);
GOAKT_API Result<Message> ask(const Pid& to, Envelope* message, std::chrono::nanoseconds timeout,
                              const std::stop_token* canceled = nullptr);

// A function that fills a message where it will travel: [](bank::Credit& c) { c.set_amount(5); }
template <class F>
struct FillTraits : std::false_type {};

template <class C, class M>
struct FillTraits<void (C::*)(M&) const> : std::true_type {
  using Message = M;
};

template <class C, class M>
struct FillTraits<void (C::*)(M&)> : std::true_type {
  using Message = M;
};

template <class F>
concept FillFunction = requires {
  &std::remove_cvref_t<F>::operator();
}

&&FillTraits<decltype(&std::remove_cvref_t<F>::operator())>::value;

// What users pass for a message: a value, a fill function, or an owned Message.
template <class M>
Message to_message(M&& message) {
  using Value = std::remove_cvref_t<M>;
  if constexpr (std::same_as<Value, Message>) {
    return std::forward<M>(message);
  } else if constexpr (FillFunction<Value>) {
    using Filled = typename FillTraits<decltype(&Value::operator())>::Message;
    Message built = Message::make<Filled>();
    message(*static_cast<Filled*>(built.mutable_value()));
    return built;
  } else {
    return Message::of(std::forward<M>(message));
  }
}

// Only an owned Message can be none at all.
template <class M>
bool is_nothing(const M& message) {
  if constexpr (std::same_as<M, Message>)
    return !message;
  else
    return false;
}

template <class R>
Result<R> reply_as(Result<Message> reply) {
  if (!reply) return unexpected(std::move(reply).error());
  if constexpr (std::same_as<R, Message>) {
    return reply;
  } else {
    R* value = reply->template as<R>();
    if (value == nullptr)
      return fail(ErrorCode::invalid_response, "invalid response: got " +
                                                   std::string(reply->type_name()) + ", expected " +
                                                   message_type<R>().name);
    return std::move(*value);
  }
}

}  // namespace internal

// A handle to an actor: 16 bytes, trivially copyable, comparable, valid for ever. A handle to a
// stopped actor answers `dead`. Any thread may use it; it must not outlive its ActorSystem.
//
// The name of a stopped actor stays readable until its control block is reused, at the earliest
// after 16,384 further actors stopped; then name() is empty.
class GOAKT_API Pid {
 public:
  constexpr Pid() = default;

  explicit operator bool() const { return cell_ != nullptr; }

  friend bool operator==(const Pid&, const Pid&) = default;

  std::string_view name() const;
  // goakt://SYSTEM@HOST:PORT/[PARENT/]NAME; at most the direct parent is shown.
  std::string path() const;
  std::string kind() const;
  // UUID of this incarnation; survives restarts.
  std::string incarnation_id() const;
  ActorSystem* system() const;

  bool is_running() const;
  bool is_suspended() const;
  bool is_stopping() const;
  bool is_local() const;
  bool is_system() const;
  bool is_relocatable() const;
  // Messages waiting, O(1).
  std::uint64_t mailbox_depth() const;
  // User messages handled since the spawn, PostStart not counted.
  std::uint64_t processed_count() const;
  std::uint32_t restart_count() const;
  std::uint32_t failure_count() const;
  std::chrono::milliseconds uptime() const;
  // Error: dead.
  Result<ActorMetric> metric() const;
  // What it was spawned with, in that order; nothing once it has stopped.
  std::vector<std::shared_ptr<Dependency>> dependencies() const;
  // Of one id the last; null when there is none.
  std::shared_ptr<Dependency> dependency(std::string_view id) const;

  Pid parent() const;
  std::vector<Pid> children() const;
  Result<Pid> child(std::string_view name) const;
  std::size_t children_count() const;

  // Sends without waiting. Errors: dead, mailbox_full for mailboxes that refuse, invalid_message
  // for an empty Message. A value, a fill function or a Message; `tell<M>(args...)` builds an M in
  // its envelope.
  template <class M>
  Status tell(M&& message) const {
    if (internal::is_nothing(message)) return fail(ErrorCode::invalid_message);
    return internal::send(*this, internal::to_message(std::forward<M>(message)).release(), Pid());
  }
  template <MessageValue M, class... Args>
  requires(sizeof...(Args) != 1) Status tell(Args&&... args)
  const {
    return internal::send(*this, Message::make<M>(std::forward<Args>(args)...).release(), Pid());
  }

  // The same in the name of another actor.
  template <class M>
  Status tell_from(const Pid& sender, M&& message) const {
    if (internal::is_nothing(message)) return fail(ErrorCode::invalid_message);
    return internal::send(*this, internal::to_message(std::forward<M>(message)).release(), sender);
  }

  // In order; stops at the first error.
  Status batch_tell(std::vector<Message> messages) const;

  // Asks and blocks the calling thread until the reply, an error or the timeout; not for use inside
  // an actor, which has ctx.ask. Errors: dead, invalid_timeout (not positive), request_timeout,
  // unhandled, invalid_response (reply of another type), and whatever the actor refuses with.
  template <class R = Message, class M>
  Result<R> ask(M&& message, std::chrono::nanoseconds timeout) const {
    if (internal::is_nothing(message)) return fail(ErrorCode::invalid_message);
    return internal::reply_as<R>(
        internal::ask(*this, internal::to_message(std::forward<M>(message)).release(), timeout));
  }

  // The same for callers that may give up: when `canceled` is requested, the error is
  // request_timeout with the text "context canceled\nrequest timed out".
  template <class R = Message, class M>
  Result<R> ask(M&& message, std::chrono::nanoseconds timeout,
                const std::stop_token& canceled) const {
    if (internal::is_nothing(message)) return fail(ErrorCode::invalid_message);
    return internal::reply_as<R>(internal::ask(
        *this, internal::to_message(std::forward<M>(message)).release(), timeout, &canceled));
  }

  // One after the other, the same timeout for each; the first error discards all.
  Result<std::vector<Message>> batch_ask(std::vector<Message> messages,
                                         std::chrono::nanoseconds timeout) const;

  // Asks the actor to stop and returns. Stopping a stopped actor is no error.
  // Errors: undefined_actor, shutdown_forbidden (system actors).
  Status stop() const;
  // Waits until it has stopped; gives PostStop's error. Not inside an actor.
  Status stop_blocking(std::chrono::nanoseconds timeout = std::chrono::minutes(5)) const;
  // Stops and starts again under the same handle; blocks until it and its children have started.
  // Not inside an actor. Errors: dead, init_failure (of a child, too: then that child is gone).
  Status restart_blocking(std::chrono::nanoseconds timeout = std::chrono::minutes(1)) const;
  Status restart() const;
  // Makes a suspended actor go on; no effect on others.
  Status reinstate() const;

 private:
  friend struct internal::PidAccess;

  constexpr Pid(internal::Cell* cell, std::uint32_t generation)
      : cell_(cell), generation_(generation) {}

  internal::Cell* cell_ = nullptr;
  std::uint32_t generation_ = 0;
};

static_assert(std::is_trivially_copyable_v<Pid> && sizeof(Pid) == 16);

namespace internal {
struct PidAccess {
  static Pid make(Cell* cell, std::uint32_t generation) { return Pid(cell, generation); }

  static Cell* cell(const Pid& pid) { return pid.cell_; }

  static std::uint32_t generation(const Pid& pid) { return pid.generation_; }
};
}  // namespace internal

}  // namespace goakt

template <>
struct std::hash<goakt::Pid> {
  std::size_t operator()(const goakt::Pid& pid) const noexcept {
    return std::hash<const void*>()(goakt::internal::PidAccess::cell(pid)) ^
           goakt::internal::PidAccess::generation(pid);
  }
};
