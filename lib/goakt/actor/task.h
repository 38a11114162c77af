#pragma once

#include "goakt/message/envelope.h"

#include <coroutine>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

namespace goakt {

// A coroutine that runs inside an actor: started by the runtime (a handler that returns Task) or by
// awaiting it from another Task. It suspends the actor's message, never a thread; it is resumed
// only in its actor's turns, so it needs no lock. Destroying a Task destroys the suspended
// coroutine.
//
// Read docs/writing-actors.md about `co_await` under g++ 12 before writing one.
template <class T = void>
class Task;

namespace internal {

// Frames come from the message pool.
struct PooledFrame {
  static void* operator new(std::size_t size) { return pool::allocate_block(size); }

  static void operator delete(void* frame, std::size_t size) noexcept {
    pool::free_block(frame, size);
  }
};

struct TaskPromiseBase : PooledFrame {
  std::coroutine_handle<> parent;  // who awaits, once it is really suspended
  std::exception_ptr exception;
  bool finished = false;

  std::suspend_always initial_suspend() noexcept { return {}; }

  struct Final {
    bool await_ready() noexcept { return false; }

    template <class P>
    void await_suspend(std::coroutine_handle<P> self) noexcept {
      self.promise().finished = true;
      // By call, not by symmetric transfer: without optimisation g++ makes no tail call of it.
      if (auto waiting = self.promise().parent) waiting.resume();
    }

    void await_resume() noexcept {}
  };

  Final final_suspend() noexcept { return {}; }

  void unhandled_exception() noexcept { exception = std::current_exception(); }
};

template <class T>
struct TaskPromise : TaskPromiseBase {
  std::optional<T> value;
  Task<T> get_return_object();

  template <class U>
  void return_value(U&& v) {
    value.emplace(std::forward<U>(v));
  }
};

template <>
struct TaskPromise<void> : TaskPromiseBase {
  Task<void> get_return_object();

  void return_void() noexcept {}
};

}  // namespace internal

template <class T>
class [[nodiscard]] Task {
 public:
  using promise_type = internal::TaskPromise<T>;
  using Handle = std::coroutine_handle<promise_type>;

  Task() = default;

  explicit Task(Handle handle) : handle_(handle) {}

  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}

  Task& operator=(Task&& other) noexcept {
    if (this != &other) {
      if (handle_) handle_.destroy();
      handle_ = std::exchange(other.handle_, {});
    }
    return *this;
  }

  ~Task() {
    if (handle_) handle_.destroy();
  }

  struct Awaiter {
    Handle child;

    bool await_ready() noexcept { return false; }

    bool await_suspend(std::coroutine_handle<> parent) {
      child.resume();
      if (child.promise().finished) return false;
      child.promise().parent = parent;
      return true;
    }

    T await_resume() {
      if (child.promise().exception) std::rethrow_exception(child.promise().exception);
      if constexpr (!std::is_void_v<T>) return std::move(*child.promise().value);
    }
  };

  Awaiter operator co_await() const noexcept { return Awaiter{handle_}; }

  // For the runtime.
  Handle handle() const { return handle_; }

 private:
  Handle handle_;
};

namespace internal {
template <class T>
Task<T> TaskPromise<T>::get_return_object() {
  return Task<T>(std::coroutine_handle<TaskPromise<T>>::from_promise(*this));
}

inline Task<void> TaskPromise<void>::get_return_object() {
  return Task<void>(std::coroutine_handle<TaskPromise<void>>::from_promise(*this));
}
}  // namespace internal

}  // namespace goakt
