#pragma once

#include "goakt/actor/pid.h"
#include "goakt/actor/reentrancy.h"
#include "goakt/base/export.h"
#include "goakt/base/result.h"
#include "goakt/message/envelope.h"

#include <chrono>
#include <cstddef>
#include <new>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace goakt {

class ReceiveContext;

// How one request differs from what its actor does otherwise.
struct RequestOptions {
  std::optional<ReentrancyMode> mode{};
  std::chrono::nanoseconds timeout{0};  // <= 0: none
};

namespace internal {

struct RequestRecord;

// What runs when the reply is there. Small functions live inside.
class RequestCallback {
 public:
  RequestCallback() = default;
  RequestCallback(const RequestCallback&) = delete;
  RequestCallback& operator=(const RequestCallback&) = delete;

  ~RequestCallback() { reset(); }

  template <class F>
  void set(F&& function) {
    using Function = std::remove_cvref_t<F>;
    void* memory = storage_;
    if constexpr (sizeof(Function) > sizeof storage_) {
      memory = pool::allocate_block(sizeof(Function));
      *reinterpret_cast<void**>(storage_) = memory;
    }
    ::new (memory) Function(std::forward<F>(function));
    call_ = [](RequestCallback& self, ReceiveContext& ctx, Result<Message> reply) {
      (*self.template function<Function>())(ctx, std::move(reply));
    };
    destroy_ = [](RequestCallback& self) {
      Function* kept = self.template function<Function>();
      kept->~Function();
      if constexpr (sizeof(Function) > sizeof storage_) pool::free_block(kept, sizeof(Function));
    };
  }

  explicit operator bool() const { return call_ != nullptr; }

  void operator()(ReceiveContext& ctx, Result<Message> reply) {
    call_(*this, ctx, std::move(reply));
  }

  void reset() {
    if (destroy_ != nullptr) destroy_(*this);
    destroy_ = nullptr;
    call_ = nullptr;
  }

 private:
  template <class Function>
  Function* function() {
    void* memory =
        sizeof(Function) > sizeof storage_ ? *reinterpret_cast<void**>(storage_) : storage_;
    return std::launder(static_cast<Function*>(memory));
  }

  void (*call_)(RequestCallback&, ReceiveContext&, Result<Message>) = nullptr;
  void (*destroy_)(RequestCallback&) = nullptr;
  alignas(std::max_align_t) std::byte storage_[48];
};

// The first parameter of a callback: Result<R>.
template <class F>
struct CallbackReply : CallbackReply<decltype(&F::operator())> {};

template <class C, class V, class R, class... Rest>
struct CallbackReply<V (C::*)(R, Rest...) const> {
  using type = typename std::remove_cvref_t<R>::value_type;
  static constexpr bool takes_context = sizeof...(Rest) == 1;
};

template <class C, class V, class R, class... Rest>
struct CallbackReply<V (C::*)(R, Rest...)> {
  using type = typename std::remove_cvref_t<R>::value_type;
  static constexpr bool takes_context = sizeof...(Rest) == 1;
};

}  // namespace internal

// A request under way (ctx.request): a question whose reply arrives in a later turn of the same
// actor, which goes on meanwhile. Belongs to its actor: use it in that actor's turns only, except
// for cancel(), which any thread may call. Copies mean the same request. False: it failed at once,
// and ctx.err() has been told why.
class GOAKT_API RequestCall {
 public:
  RequestCall() = default;
  RequestCall(const RequestCall& other) noexcept;

  RequestCall(RequestCall&& other) noexcept : record_(std::exchange(other.record_, nullptr)) {}

  RequestCall& operator=(RequestCall other) noexcept {
    std::swap(record_, other.record_);
    return *this;
  }

  ~RequestCall();

  explicit operator bool() const { return record_ != nullptr; }

  // What to do with the reply or the error: callback(Result<R>) or callback(Result<R>,
  // ReceiveContext&), in the actor's turn; at once when the reply is there already. One callback
  // only: further ones are ignored. None runs when the actor stops or restarts before the reply.
  template <class F>
  const RequestCall& then(F&& callback) const {
    using Shape = internal::CallbackReply<std::remove_cvref_t<F>>;
    using R = typename Shape::type;
    internal::RequestCallback* place = callback_place();
    if (place == nullptr) return *this;
    place->set(
        [kept = std::forward<F>(callback)](ReceiveContext& ctx, Result<Message> reply) mutable {
          if constexpr (Shape::takes_context)
            kept(internal::reply_as<R>(std::move(reply)), ctx);
          else
            kept(internal::reply_as<R>(std::move(reply)));
        });
    callback_set();
    return *this;
  }

  // Ends it with request_canceled, unless it has ended. Idempotent.
  void cancel() const;

  // Names this request: what its receiver sees as ctx.correlation_id().
  std::string correlation_id() const;

 private:
  friend struct internal::RequestRecord;

  explicit RequestCall(internal::RequestRecord* owned) : record_(owned) {}

  internal::RequestCallback* callback_place() const;  // null: there is one, or it is of no use
  void callback_set() const;

  internal::RequestRecord* record_ = nullptr;
};

}  // namespace goakt
