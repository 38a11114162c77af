#pragma once

#include <concepts>
#include <memory>
#include <type_traits>
#include <utility>

namespace goakt::net {

template <class Signature>
class Function;

// A callable that is moved, never copied: it may own a connection or a promise. Like
// std::move_only_function, which this compiler lacks. Empty when made by default; an empty one is
// not called.
template <class Return, class... Arguments>
class Function<Return(Arguments...)> {
 public:
  Function() = default;

  template <class Callable>

  requires(!std::same_as<std::remove_cvref_t<Callable>, Function> &&
           std::is_invocable_r_v<Return, std::decay_t<Callable>&, Arguments...>)
      Function(Callable&& callable)  // NOLINT(google-explicit-constructor): lambdas are passed
      : target_(new Target<std::decay_t<Callable>>(std::forward<Callable>(callable))) {}

  explicit operator bool() const noexcept { return target_ != nullptr; }

  Return operator()(Arguments... arguments) {
    return target_->call(std::forward<Arguments>(arguments)...);
  }

 private:
  struct Base {
    virtual ~Base() = default;
    virtual Return call(Arguments... arguments) = 0;
  };

  template <class Callable>
  struct Target final : Base {
    template <class From>
    explicit Target(From&& from) : callable(std::forward<From>(from)) {}

    Return call(Arguments... arguments) override {
      return callable(std::forward<Arguments>(arguments)...);
    }

    Callable callable;
  };

  std::unique_ptr<Base> target_;
};

}  // namespace goakt::net
