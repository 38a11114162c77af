#pragma once

#include "goakt/actor/actor.h"
#include "goakt/actor/handlers.h"
#include "goakt/actor/messages.h"
#include "goakt/actor/pid.h"
#include "goakt/actor/pipe.h"
#include "goakt/actor/request.h"
#include "goakt/actor/spawn_options.h"
#include "goakt/base/clock.h"
#include "goakt/base/export.h"
#include "goakt/base/result.h"
#include "goakt/message/context.h"
#include "goakt/message/envelope.h"

#include <chrono>
#include <coroutine>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace goakt {

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
  void offload(ReceiveContext& ctx, PipeTask task);

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

// The result of a task that runs on a thread of the blocking pool.
template <class R>
class [[nodiscard]] PendingOffload : public PendingReply {
 public:
  PendingOffload(ReceiveContext& ctx, PipeTask task) { offload(ctx, std::move(task)); }

  bool await_ready() const noexcept { return ready(); }

  void await_suspend(std::coroutine_handle<> waiting) { suspend(waiting); }

  Result<R> await_resume() { return reply_as<R>(take()); }
};

template <class R>
struct OffloadedReplyOf {
  using type = std::conditional_t<std::is_void_v<R>, Ack, R>;
};

template <class T>
struct OffloadedReplyOf<tl::expected<T, Error>> : OffloadedReplyOf<T> {};

template <class R>
using OffloadedReply = typename OffloadedReplyOf<R>::type;

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

  // When the asker stops waiting: an answer after that is lost. It has passed when nobody waits any
  // more; none for messages that were told and for requests without a timeout.
  std::optional<TimePoint> deadline() const;

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
    if (internal::is_nothing(message)) return err(Error(ErrorCode::invalid_message));
    check(send(to, internal::to_message(std::forward<M>(message)).release()));
  }
  template <MessageValue M, class... Args>

  requires(sizeof...(Args) != 1) void tell(const Pid& to, Args&&... args) {
    check(send(to, Message::make<M>(std::forward<Args>(args)...).release()));
  }

  // Typed handle: only what the target lists.
  template <class A, class M>
  void tell(const PidOf<A>& to, M&& message) {
    internal::check_listed<A, M>();
    tell(static_cast<const Pid&>(to), std::forward<M>(message));
  }

  template <class M>
  Status try_tell(const Pid& to, M&& message) {
    if (internal::is_nothing(message)) return goakt::fail(ErrorCode::invalid_message);
    return send(to, internal::to_message(std::forward<M>(message)).release());
  }

  // co_await ctx.tell_when_room(to, message) → Status. Like try_tell, but while a bounded mailbox
  // that blocks its senders is full, the coroutine waits: other actors go on, this one's messages
  // are held back as its reentrancy says. Errors: dead when the target stops, request_canceled when
  // this actor does; mailboxes with another policy do what that says. For coroutine handlers.
  template <class M>
  Task<Status> tell_when_room(const Pid& to, M&& message) {
    static_assert(internal::kSafeInAwait<M&&>,
                  "name this message first: g++ 12 destroys such a temporary twice in a co_await "
                  "expression");
    return send_when_room(to, internal::to_message(std::forward<M>(message)));
  }

  // By name, anywhere in the cluster.
  template <class M>
  void tell(std::string_view name, M&& message) {
    tell_name(name, internal::to_message(std::forward<M>(message)).release());
  }

  // In order; stops at the first error.
  void batch_tell(const Pid& to, std::vector<Message> messages);
  // One after the other, the same timeout for each; the first error discards all. For coroutine
  // handlers.
  Task<Result<std::vector<Message>>> batch_ask(Pid to, std::vector<Message> messages,
                                               std::chrono::nanoseconds timeout);

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
          std::is_lvalue_reference_v<M&&> || std::is_trivially_copyable_v<std::remove_cvref_t<M>>,
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
    internal::check_listed<A, M>();
    return ask<internal::TypedReply<A, M>>(static_cast<const Pid&>(to), std::forward<M>(message),
                                           timeout);
  }

  internal::PendingSleep sleep(std::chrono::nanoseconds duration) {
    return internal::PendingSleep(*this, duration);
  }

  // Hands this message on, with its sender and its asker, once the handler has returned.
  void forward(const Pid& to);
  void forward(std::string_view name);

  // -- reentrant requests (request.h)

  // Asks without waiting: the reply goes to the call's then(). Needs reentrancy: in the actor's
  // spawn options, or enabled here. Failures (reentrancy_disabled, invalid_reentrancy_mode,
  // reentrancy_in_flight_limit, dead, invalid_message) go to err() and give an empty call.
  template <class M>
  RequestCall request(const Pid& to, M&& message, const RequestOptions& options = {}) {
    return send_request(to, internal::to_message(std::forward<M>(message)).release(), options);
  }

  template <class M>
  RequestCall request(std::string_view name, M&& message, const RequestOptions& options = {}) {
    const Pid to = find(name);
    if (!to) {
      err_not_found(name);
      return {};
    }
    return request(to, std::forward<M>(message), options);
  }

  // Also changes the limit and mode of later requests; open ones keep theirs.
  // Error: invalid_reentrancy_mode.
  Status enable_reentrancy(const Reentrancy& reentrancy);
  // Refuses new requests; open ones go on.
  void disable_reentrancy();

  // -- work that may block (pipe.h)

  // Runs `task` elsewhere and sends its result to `to`.
  template <class F>
  void pipe_to(const Pid& to, F&& task, PipeOptions options = {}) {
    check(internal::pipe(system(), self_, to, internal::pipe_task(std::forward<F>(task)),
                         std::move(options)));
  }

  // By name the result has no sender, as in GoAkt.
  template <class F>
  void pipe_to(std::string_view name, F&& task, PipeOptions options = {}) {
    pipe_to_name(name, internal::pipe_task(std::forward<F>(task)), std::move(options));
  }

  // co_await ctx.offload(task) → Result<what the task returns>; Ack when it returns nothing.
  // Errors: what the task fails with or throws, request_canceled when this actor stops meanwhile;
  // the task then still ends. So it must own what it uses: name a lambda that captures by value,
  // and pass it.
  template <class F>
  auto offload(F&& task) {
    static_assert(std::is_lvalue_reference_v<F&&> || std::is_empty_v<std::remove_cvref_t<F>>,
                  "name this function first: g++ 12 destroys its captures twice in a co_await "
                  "expression");
    using R = internal::OffloadedReply<std::remove_cvref_t<decltype(task())>>;
    return internal::PendingOffload<R>(*this, internal::pipe_task(std::remove_cvref_t<F>(task)));
  }

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
  void address(Envelope& message) const;  // from this actor, with this message's context
  Task<Status> send_when_room(Pid to, Message message);
  // Nobody when there is no actor of that name.
  Pid find(std::string_view name) const;
  void tell_name(std::string_view name, Envelope* message);
  RequestCall send_request(const Pid& to, Envelope* message, const RequestOptions& options);
  void err_not_found(std::string_view name);
  void pipe_to_name(std::string_view name, internal::PipeTask task, PipeOptions options);

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
