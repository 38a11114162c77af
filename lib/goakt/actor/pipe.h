#pragma once

#include "goakt/actor/handlers.h"
#include "goakt/actor/pid.h"
#include "goakt/base/circuit_breaker.h"
#include "goakt/base/export.h"
#include "goakt/base/result.h"
#include "goakt/message/envelope.h"

#include <chrono>
#include <functional>
#include <memory>
#include <string_view>
#include <type_traits>
#include <utility>

namespace goakt {

class ActorSystem;
class ReceiveContext;

// How a piped task is limited.
struct PipeOptions {
  std::chrono::nanoseconds timeout{0};  // <= 0: none. The task itself is not stopped.
  // Open: the task is not started. Its failures and timeouts count.
  std::shared_ptr<CircuitBreaker> breaker{};
};

namespace internal {

using PipeTask = std::function<Result<Message>()>;

// A task may return a message, a Result of one, or nothing (then Ack is sent). An empty function is
// no task.
template <class F>
PipeTask pipe_task(F&& task) {
  using Task = std::remove_cvref_t<F>;
  if constexpr (std::same_as<Task, std::nullptr_t>) {
    return {};
  } else {
    if constexpr (requires { static_cast<bool>(task == nullptr); })
      if (task == nullptr) return {};
    auto run = [kept = std::forward<F>(task)]() mutable -> Result<Message> {
      using R = std::remove_cvref_t<decltype(kept())>;
      if constexpr (std::is_void_v<R>) {
        kept();
        return Message::make<Ack>();
      } else if constexpr (std::same_as<R, Result<Message>>) {
        return kept();
      } else if constexpr (std::same_as<R, Status>) {
        GOAKT_CHECK(kept());
        return Message::make<Ack>();
      } else if constexpr (IsResult<R>::value) {
        auto result = kept();
        if (!result) return unexpected(std::move(result).error());
        return Message::of(std::move(*result));
      } else if constexpr (std::same_as<R, Message>) {
        return kept();
      } else {
        return Message::of(kept());
      }
    };
    if constexpr (std::is_copy_constructible_v<decltype(run)>) {
      return run;
    } else {
      // std::function copies; the task is kept once.
      auto shared = std::make_shared<decltype(run)>(std::move(run));
      return [shared] { return (*shared)(); };
    }
  }
}

// `from` pipes; nobody pipes in the system's name.
GOAKT_API Status pipe(ActorSystem& system, const Pid& from, const Pid& to, PipeTask task,
                      PipeOptions options);

}  // namespace internal

// Runs `task` on a thread of the blocking pool and sends its result to `to`, in the name of `from`
// (which may be nobody). A task that fails, throws or is late becomes a dead letter (NoMessage) of
// `from`; the target hears nothing. Errors: undefined_task (empty function), dead (target).
template <class F>
Status pipe_to(ActorSystem& system, const Pid& from, const Pid& to, F&& task,
               PipeOptions options = {}) {
  return internal::pipe(system, from, to, internal::pipe_task(std::forward<F>(task)),
                        std::move(options));
}

}  // namespace goakt
