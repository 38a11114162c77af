#include "goakt/actor/internal/system.h"
#include "goakt/actor/messages.h"

// What the runtime's parts share about one actor.

namespace goakt::internal {

// -- Completion
// --------------------------------------------------------------------------------------

void Completion::finish(Status status) {
  {
    std::lock_guard lock(mutex_);
    if (done_) return;
    done_ = true;
    if (!status) error_ = std::move(status).error();
  }
  changed_.notify_all();
}

Status Completion::wait(std::chrono::nanoseconds timeout) {
  std::unique_lock lock(mutex_);
  if (!changed_.wait_for(lock, timeout, [&] { return done_; }))
    return fail(ErrorCode::request_timeout);
  if (error_) return unexpected(error_->clone());
  return {};
}

bool Completion::done() const {
  std::lock_guard lock(mutex_);
  return done_;
}

CellExtension& extension_of(Cell& cell) {
  CellExtension* extension = cell.extension.load(std::memory_order_acquire);
  if (extension == nullptr) {
    extension = new CellExtension;
    cell.extension.store(extension, std::memory_order_release);
  }
  return *extension;
}

const Supervisor& supervisor_of(const Cell& cell) {
  static const Supervisor kDefault;
  if (const auto* extension = extension_or_null(cell);
      extension != nullptr && extension->supervisor)
    return *extension->supervisor;
  if (const auto& system_default = cell.system->options.default_supervisor) return *system_default;
  return kDefault;
}

std::string path_of(const Cell& cell) {
  std::string path = cell.system->address_prefix();
  const Cell* parent = cell.parent;
  if (parent != nullptr && !parent->has(kSystemActor) && !cell.has(kSystemActor))
    path.append(parent->name()).append("/");
  return path.append(cell.name());
}

std::vector<Pid> children_of(Cell& parent) {
  std::vector<Pid> children;
  std::lock_guard lock(parent.system->children_lock(parent));
  for (Cell* child = parent.first_child; child != nullptr; child = child->next_sibling)
    children.push_back(pid_of(*child));
  return children;
}

Duration init_timeout_of(const Cell& cell) {
  const CellExtension* x = extension_or_null(cell);
  return x != nullptr && x->init_timeout ? *x->init_timeout
                                         : cell.system->options.actor_init_timeout;
}

Status call_pre_start(Cell& cell) {
  Context context(pid_of(cell));
  try {
    return cell.actor->pre_start(context);
  } catch (...) {
    return unexpected(current_exception_error());
  }
}

Status call_post_stop(Cell& cell) {
  Context context(pid_of(cell));
  try {
    return cell.actor->post_stop(context);
  } catch (...) {
    return unexpected(current_exception_error());
  }
}

void announce_start(Cell& cell) {
  System& system = *cell.system;
  system.publish([&] { return ActorStarted{path_of(cell), system.clock.wall()}; });
}

// The first user message of a start.
void give_post_start(Cell& cell) {
  const Behaviour& behaviour = *cell.behaviour;
  if (behaviour.handles_post_start || behaviour.takes_anything)
    prepend_local(cell, Message::make<PostStart>().release());
}

void request_stop(const Pid& pid, StopMode mode, CompletionPtr completion) {
  std::optional<ErrorCode> when_gone;
  if (mode == StopMode::restart) when_gone = ErrorCode::dead;
  post(pid, [mode, waiter = Waiter(std::move(completion), when_gone)](Cell& cell) mutable {
    begin_stop(cell, mode, waiter.release());
  });
}

Status await_completion(System& system, Completion& completion, Duration timeout) {
  Dispatcher& dispatcher = system.dispatcher;
  if (dispatcher.seeded()) {
    const TimePoint deadline = system.clock.now() + timeout;
    while (!completion.done() && system.clock.now() < deadline) {
      system.timers.fire_due();
      if (!dispatcher.run_one()) system.clock.sleep_for(std::chrono::milliseconds(1));
    }
    return completion.wait({});
  }
  Worker* worker = this_thread.worker;
  if (worker == nullptr) return completion.wait(timeout);
  // A worker that waits goes on with other actors, for what it waits for may be queued behind it.
  // One level deep: what runs meanwhile and waits itself waits idly.
  static thread_local bool helping = false;
  if (helping) return completion.wait(timeout);
  helping = true;
  const TimePoint deadline = system.clock.now() + timeout;
  while (!completion.done() && system.clock.now() < deadline)
    if (!worker->pool->run_one(*worker))
      static_cast<void>(completion.wait(std::chrono::microseconds(200)));
  helping = false;
  return completion.wait({});
}

}  // namespace goakt::internal
