#include "goakt/actor/pipe.h"

#include "goakt/actor/internal/system.h"
#include "goakt/actor/messages.h"

#include <atomic>
#include <optional>

namespace goakt::internal {

namespace {

// A task under way. Shared by the thread that runs it and the timer that gives up on it.
struct Pipe {
  Pipe(System& owner, const Pid& sender, const Pid& target, PipeTask work, PipeOptions limits)
      : system(owner),
        from(sender),
        to(target),
        task(std::move(work)),
        options(std::move(limits)) {}

  System& system;
  const Pid from;
  const Pid to;
  PipeTask task;
  const PipeOptions options;
  std::optional<CircuitBreaker::Permit> permit;  // after `ended`, whoever set that
  std::atomic<bool> ended{false};
  Timers::Id timer = 0;

  // True for the first of result and timeout.
  bool end() { return !ended.exchange(true, std::memory_order_acq_rel); }

  void failed(const Error& error) {
    if (permit) permit->failed();
    const std::string path = from ? from.path() : path_of(*system.no_sender);
    dead_letter(system, path, path, message_type<NoMessage>().name, error.message());
  }

  void succeeded(Message result) {
    if (permit) permit->succeeded();
    Envelope* message = result.release();
    message->origin = origin_of_actor(from);
    deliver_or_dead_letter(to, message);
  }

  void run() {
    if (ended.load(std::memory_order_acquire)) return;
    Result<Message> result = attempt();
    if (!end()) return;
    if (timer != 0) system.timers.cancel(timer);
    if (!result)
      failed(result.error());
    else if (!*result)
      failed(Error(ErrorCode::invalid_message));
    else
      succeeded(std::move(*result));
  }

  Result<Message> attempt() {
    try {
      return task();
    } catch (...) {
      return unexpected(current_exception_error());
    }
  }
};

}  // namespace

Status pipe(ActorSystem& facade, const Pid& from, const Pid& to, PipeTask task,
            PipeOptions options) {
  if (!task) return fail(ErrorCode::undefined_task);
  if (!to) return fail(ErrorCode::undefined_actor);
  if (!to.is_running()) return fail(ErrorCode::dead);
  System& system = facade.internals();
  auto pipe = std::make_shared<Pipe>(system, from, to, std::move(task), std::move(options));
  if (pipe->options.breaker) {
    auto permit = pipe->options.breaker->acquire();
    if (!permit) {
      pipe->failed(permit.error());
      return {};
    }
    pipe->permit.emplace(std::move(*permit));
  }
  if (pipe->options.timeout.count() > 0)
    pipe->timer = system.timers.after(pipe->options.timeout, [pipe] {
      if (pipe->end()) pipe->failed(Error(ErrorCode::request_timeout, "context deadline exceeded"));
    });
  system.dispatcher.submit([pipe] { pipe->run(); });
  return {};
}

}  // namespace goakt::internal
