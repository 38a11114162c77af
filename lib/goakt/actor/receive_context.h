#pragma once

#include "goakt/actor/actor.h"
#include "goakt/actor/handlers.h"
#include "goakt/actor/messages.h"
#include "goakt/actor/pid.h"
#include "goakt/actor/spawn_options.h"
#include "goakt/base/export.h"
#include "goakt/base/result.h"
#include "goakt/message/context.h"
#include "goakt/message/envelope.h"

#include <chrono>
#include <coroutine>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace goakt {

class RequestCall;
struct RequestOptions;

namespace internal {

struct AsyncReceive;
struct ReceiveAccess;

// A reply that a coroutine waits for. Movable until awaited.
class GOAKT_API PendingReply {
 public:
  PendingReply(ReceiveContext& ctx, const Pid& to, Envelope* message,
               std::chrono::nanoseconds timeout);
  PendingReply(PendingReply&& other) noexcept;
  PendingReply& operator=(PendingReply&&) = delete;
  ~PendingReply();

  struct State;

 protected:
  PendingReply();
  bool ready() const noexcept;
  void suspend(std::coroutine_handle<> waiting);
  Result<Message> take();

  std::unique_ptr<State> state_;
};

template <class R>
class [[nodiscard]] PendingAsk : public PendingReply {
 public:
  using PendingReply::PendingReply;

  bool await_ready() const noexcept { return ready(); }

  void await_suspend(std::coroutine_handle<> waiting) { suspend(waiting); }

  Result<R> await_resume() { return reply_as<R>(take()); }
};

// Wakes a coroutine after a time. Error: request_canceled when the actor stops meanwhile.
class GOAKT_API PendingSleep : public PendingReply {
 public:
  PendingSleep(ReceiveContext& ctx, std::chrono::nanoseconds duration);

  bool await_ready() const noexcept { return ready(); }

  void await_suspend(std::coroutine_handle<> waiting) { suspend(waiting); }

  Status await_resume();
};

// g++ 12 miscompiles a co_await whose expression holds a temporary of these shapes (double free),
// so `ask` refuses to take them.
template <class M>
inline constexpr bool kSafeInAwait =
    std::is_lvalue_reference_v<M> || !std::is_aggregate_v<std::remove_cvref_t<M>> ||
    (std::is_trivially_copyable_v<std::remove_cvref_t<M>> &&
     std::is_trivially_destructible_v<std::remove_cvref_t<M>>);

}  // namespace internal

// What a handler gets beside its message. Valid only while the handler runs; in a coroutine
// handler, until the coroutine ends. Used by the actor's own turn alone.
//
// Methods without a result put a failure into err(): an ignored failed send is the actor's failure,
// as in GoAkt. Those that return a Status do not.
class GOAKT_API ReceiveContext {
 public:
  ReceiveContext(const ReceiveContext&) = delete;
  ReceiveContext& operator=(const ReceiveContext&) = delete;

  // -- the message
  const MessageType& message_type() const { return *envelope_->type; }

  template <class M>
  const M* message() const {
    return envelope_->as<M>();
  }

  const void* message_value() const { return envelope_->value(); }

  // Moves the value out; the message counts as handled.
  template <class M>
  M take() {
    return std::move(*static_cast<M*>(envelope_->value()));
  }

  // Who sent it; nobody (false) for messages from outside.
  Pid sender() const;

  Pid self() const { return self_; }

  ActorSystem& system() const { return *self_.system(); }

  // Of an asynchronous request, else "".
  std::string correlation_id() const;

  // What travels beside the message, or null. Messages sent from here carry it on.
  const MessageContext* context() const { return envelope_->context; }

  bool is_ask() const;

  // For receive(): calls the first lambda that takes the message's type; false when none does.
  template <class... F>
  bool match(F&&... functions) {
    return (match_one(functions) || ...);
  }

  // -- answers
  template <class M>
  void response(M&& reply) {
    internal::answer(*this, internal::to_message(std::forward<M>(reply)).release());
  }

  // Refuses this message: the asker gets the error at once; a told message becomes a dead letter
  // with that reason. The actor goes on.
  void fail(Error error) { internal::refuse(*this, std::move(error)); }

  // A dead letter "unhandled message"; an asker gets that error.
  void unhandled();

  // The actor's failure, looked at when the handler returns; the last one wins.
  void err(Error error) { error_ = std::make_unique<Error>(std::move(error)); }

  void clear_err() { error_.reset(); }

  // -- sends
  template <class M>
  void tell(const Pid& to, M&& message) {
    check(send(to, internal::to_message(std::forward<M>(message)).release()));
  }
  template <MessageValue M, class... Args>

  requires(sizeof...(Args) != 1) void tell(const Pid& to, Args&&... args) {
    check(send(to, Message::make<M>(std::forward<Args>(args)...).release()));
  }

  template <class M>
  Status try_tell(const Pid& to, M&& message) {
    return send(to, internal::to_message(std::forward<M>(message)).release());
  }

  // By name, anywhere in the cluster.
  template <class M>
  void tell(std::string_view name, M&& message) {
    tell_name(name, internal::to_message(std::forward<M>(message)).release());
  }

  void batch_tell(const Pid& to, std::vector<Message> messages);

  // co_await ctx.ask<Reply>(to, message, 2s) → Result<Reply>. Errors: those of Pid::ask, and
  // request_canceled when this actor stops, ask_cycle when the target waits for this actor.
  template <class R = Message, class M>
  internal::PendingAsk<R> ask(const Pid& to, M&& message, std::chrono::nanoseconds timeout) {
    static_assert(
        internal::kSafeInAwait<M&&>,
        "name this message first, or build it in place with ask<Reply, Message>(to, timeout, "
        "args...): g++ 12 destroys such a temporary twice in a co_await expression");
    if constexpr (internal::FillFunction<M>)
      static_assert(
          std::is_trivially_copyable_v<std::remove_cvref_t<M>>,
          "capture by reference, or name the function first: g++ 12 destroys its captures twice");
    return internal::PendingAsk<R>(
        *this, to, internal::to_message(std::forward<M>(message)).release(), timeout);
  }

  // Builds an M in its envelope: the form for plain aggregates.
  template <class R, MessageValue M, class... Args>
  internal::PendingAsk<R> ask(const Pid& to, std::chrono::nanoseconds timeout, Args&&... args) {
    return internal::PendingAsk<R>(
        *this, to, Message::make<M>(std::forward<Args>(args)...).release(), timeout);
  }

  // By name, anywhere in the cluster. Error: actor_not_found.
  template <class R = Message, class M>
  internal::PendingAsk<R> ask(std::string_view name, M&& message,
                              std::chrono::nanoseconds timeout) {
    return ask<R>(find(name), std::forward<M>(message), timeout);
  }

  // Typed handle: the reply's type comes from the target's handler list.
  template <class A, class M>
  auto ask(const PidOf<A>& to, M&& message, std::chrono::nanoseconds timeout) {
    using Listed = internal::ListedReply<A, std::remove_cvref_t<M>>;
    static_assert(Listed::listed, "this actor does not list that message in its `handles`");
    using R = std::conditional_t<std::is_void_v<typename Listed::type>, Ack, typename Listed::type>;
    return ask<R>(static_cast<const Pid&>(to), std::forward<M>(message), timeout);
  }

  internal::PendingSleep sleep(std::chrono::nanoseconds duration) {
    return internal::PendingSleep(*this, duration);
  }

  // Hands this message on, with its sender and its asker, once the handler has returned.
  void forward(const Pid& to);
  void forward(std::string_view name);

  // -- hierarchy
  template <class A, class... Args>
  Result<PidOf<A>> spawn(std::string_view name, SpawnOptions options = {}, Args&&... args);

  Result<Pid> child(std::string_view name) const { return self_.child(name); }

  std::vector<Pid> children() const { return self_.children(); }

  Pid parent() const { return self_.parent(); }

  // Asks an actor to stop and returns; Terminated tells when it has (watch it).
  void stop(const Pid& pid);
  // Stops this actor when the handler has returned.
  void shutdown();
  void watch(const Pid& pid);
  void unwatch(const Pid& pid);
  void reinstate(const Pid& pid);
  void reinstate(std::string_view name);

  // -- behaviour and stash
  template <class... F>
  void become(const HandlerList<F...>& list) {
    become(list.behaviour());
  }

  template <class... F>
  void become_stacked(const HandlerList<F...>& list) {
    become_stacked(list.behaviour());
  }

  void become(const Behaviour& behaviour);
  void become_stacked(const Behaviour& behaviour);
  // Back to the original behaviour.
  void unbecome();
  // Back to the one below; err(...) when there is none.
  void unbecome_stacked();
  void stash();
  void unstash();
  void unstash_all();
  std::size_t stash_size() const;

  // -- environment
  std::shared_ptr<Extension> extension(std::string_view id) const {
    return Context(self_).extension(id);
  }

  std::shared_ptr<Dependency> dependency(std::string_view id) const {
    return Context(self_).dependency(id);
  }

 private:
  friend struct internal::ReceiveAccess;
  friend struct internal::AsyncReceive;

  explicit ReceiveContext(Pid self) : self_(self) {}

  ReceiveContext(ReceiveContext&&) = default;

  Status send(const Pid& to, Envelope* message);
  // Nobody when there is no actor of that name.
  Pid find(std::string_view name) const;
  void tell_name(std::string_view name, Envelope* message);

  void check(Status status) {
    if (GOAKT_UNLIKELY(!status)) err(std::move(status).error());
  }

  template <class F>
  bool match_one(F& function) {
    return match_call(function, &std::remove_cvref_t<F>::operator());
  }

  template <class F, class C, class R, class M>
  bool match_call(F& function, R (C::*)(const M&) const) {
    const M* value = envelope_->as<M>();
    if (value == nullptr) return false;
    if constexpr (std::is_void_v<R>)
      function(*value);
    else
      internal::answer_with(*this, function(*value));
    return true;
  }

  template <class F, class C, class R, class M>
  bool match_call(F& function, R (C::*)(const M&)) {
    const M* value = envelope_->as<M>();
    if (value == nullptr) return false;
    if constexpr (std::is_void_v<R>)
      function(*value);
    else
      internal::answer_with(*this, function(*value));
    return true;
  }

  Pid self_;
  Envelope* envelope_ = nullptr;  // owned by the runner, or by the AsyncReceive
  std::unique_ptr<Error> error_;
  std::unique_ptr<Error> refusal_;  // the message becomes a dead letter when the handler returns
  internal::AsyncReceive* async_ = nullptr;  // set in a coroutine handler
  Pid forward_to_;
  Pid answered_;              // who asked, once it has its answer
  std::uint8_t outcome_ = 0;  // what became of the message (ReceiveAccess)
};

}  // namespace goakt
